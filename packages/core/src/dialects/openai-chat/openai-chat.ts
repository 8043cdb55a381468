import type { Dialect } from '../dialect.ts'
import { parseChatAnswer } from './parse-answer.ts'
import { parseChatRequest } from './parse-request.ts'
import { createChatStreamParser } from './parse-stream.ts'
import { renderChatAnswer } from './render-answer.ts'
import { renderChatRequest } from './render-request.ts'
import { createChatStreamRenderer } from './render-stream.ts'
import { createChatUsageReader } from './usage.ts'
import { chatWire } from './wire.ts'

/** Chat Completions: its clients reach providers of other dialects, and its providers clients of others. */
export const openaiChat: Dialect = {
  id: 'openai-chat',
  family: 'openai',
  upstreamPath: () => '/chat/completions',
  wire: chatWire,
  createUsageReader: createChatUsageReader,
  parseRequest: parseChatRequest,
  renderRequest: renderChatRequest,
  createStreamParser: createChatStreamParser,
  parseAnswer: parseChatAnswer,
  createStreamRenderer: createChatStreamRenderer,
  renderAnswer: renderChatAnswer,
}
