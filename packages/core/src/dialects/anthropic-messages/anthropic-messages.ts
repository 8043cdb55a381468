import type { Dialect } from '../dialect.ts'
import { parseMessagesAnswer } from './parse-answer.ts'
import { createMessagesStreamParser } from './parse-stream.ts'
import { renderMessagesRequest } from './render-request.ts'
import { createMessagesUsageReader } from './usage.ts'
import { messagesWire } from './wire.ts'

/** Anthropic Messages. Clients of other dialects reach its providers. */
export const anthropicMessages: Dialect = {
  id: 'anthropic-messages',
  family: 'anthropic',
  upstreamPath: () => '/messages',
  wire: messagesWire,
  createUsageReader: createMessagesUsageReader,
  renderRequest: renderMessagesRequest,
  createStreamParser: createMessagesStreamParser,
  parseAnswer: parseMessagesAnswer,
}
