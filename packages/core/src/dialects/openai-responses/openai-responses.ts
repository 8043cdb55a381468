import type { Dialect } from '../dialect.ts'
import { parseResponsesAnswer } from './parse-answer.ts'
import { parseResponsesRequest } from './parse-request.ts'
import { createResponsesStreamParser } from './parse-stream.ts'
import { renderResponsesAnswer } from './render-answer.ts'
import { renderResponsesRequest } from './render-request.ts'
import { createResponsesStreamRenderer } from './render-stream.ts'
import { createResponsesUsageReader } from './usage.ts'
import { responsesWire } from './wire.ts'

/** Responses. Its clients reach providers of other dialects, and clients of other dialects its providers. */
export const openaiResponses: Dialect = {
  id: 'openai-responses',
  family: 'openai',
  upstreamPath: () => '/responses',
  wire: responsesWire,
  createUsageReader: createResponsesUsageReader,
  parseRequest: parseResponsesRequest,
  renderRequest: renderResponsesRequest,
  createStreamParser: createResponsesStreamParser,
  parseAnswer: parseResponsesAnswer,
  createStreamRenderer: createResponsesStreamRenderer,
  renderAnswer: renderResponsesAnswer,
}
