import type { Dialect } from '../dialect.ts'
import { parseChatRequest } from './parse-request.ts'
import { renderChatAnswer } from './render-answer.ts'
import { createChatStreamRenderer } from './render-stream.ts'
import { createChatUsageReader } from './usage.ts'
import { chatWire } from './wire.ts'

/** Chat Completions. Its clients reach providers of other dialects. */
export const openaiChat: Dialect = {
  id: 'openai-chat',
  family: 'openai',
  upstreamPath: () => '/chat/completions',
  wire: chatWire,
  createUsageReader: createChatUsageReader,
  parseRequest: parseChatRequest,
  createStreamRenderer: createChatStreamRenderer,
  renderAnswer: renderChatAnswer,
}
