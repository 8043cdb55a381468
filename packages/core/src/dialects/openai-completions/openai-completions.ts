import type { Dialect } from '../dialect.ts'
import { createChatUsageReader } from '../openai-chat/usage.ts'
import { chatWire } from '../openai-chat/wire.ts'
import { parseCompletionsRequest } from './parse-request.ts'
import { renderCompletionsAnswer } from './render-answer.ts'
import { createCompletionsStreamRenderer } from './render-stream.ts'

/**
 * Completions, from before there were chats. A prompt reaches models of other dialects as the one message of a
 * conversation.
 */
export const openaiCompletions: Dialect = {
  id: 'openai-completions',
  family: 'openai',
  upstreamPath: () => '/completions',
  wire: chatWire,
  createUsageReader: createChatUsageReader,
  parseRequest: parseCompletionsRequest,
  createStreamRenderer: createCompletionsStreamRenderer,
  renderAnswer: renderCompletionsAnswer,
}
