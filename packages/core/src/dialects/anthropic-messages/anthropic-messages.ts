import type { Dialect } from '../dialect.ts'
import { parseMessagesAnswer } from './parse-answer.ts'
import { parseMessagesRequest } from './parse-request.ts'
import { createMessagesStreamParser } from './parse-stream.ts'
import { renderMessagesAnswer } from './render-answer.ts'
import { renderMessagesRequest } from './render-request.ts'
import { createMessagesStreamRenderer } from './render-stream.ts'
import { createMessagesUsageReader } from './usage.ts'
import { messagesWire } from './wire.ts'

/** Anthropic Messages, for clients and for providers. */
export const anthropicMessages: Dialect = {
  id: 'anthropic-messages',
  family: 'anthropic',
  upstreamPath: () => '/messages',
  wire: messagesWire,
  createUsageReader: createMessagesUsageReader,
  parseRequest: parseMessagesRequest,
  renderRequest: renderMessagesRequest,
  createStreamParser: createMessagesStreamParser,
  createStreamRenderer: createMessagesStreamRenderer,
  parseAnswer: parseMessagesAnswer,
  renderAnswer: renderMessagesAnswer,
}
