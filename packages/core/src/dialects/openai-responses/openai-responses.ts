import type { Dialect } from '../dialect.ts'
import { parseResponsesRequest } from './parse-request.ts'
import { renderResponsesAnswer } from './render-answer.ts'
import { createResponsesStreamRenderer } from './render-stream.ts'
import { createResponsesUsageReader } from './usage.ts'
import { responsesWire } from './wire.ts'

/** Responses. Its clients reach providers of other dialects. */
export const openaiResponses: Dialect = {
  id: 'openai-responses',
  family: 'openai',
  upstreamPath: () => '/responses',
  wire: responsesWire,
  createUsageReader: createResponsesUsageReader,
  parseRequest: parseResponsesRequest,
  createStreamRenderer: createResponsesStreamRenderer,
  renderAnswer: renderResponsesAnswer,
}
