import type { Dialect } from '../dialect.ts'
import { createResponsesUsageReader } from './usage.ts'
import { responsesWire } from './wire.ts'

/** Responses, between clients and providers that both speak it. */
export const openaiResponses: Dialect = {
  id: 'openai-responses',
  family: 'openai',
  upstreamPath: () => '/responses',
  wire: responsesWire,
  createUsageReader: createResponsesUsageReader,
}
