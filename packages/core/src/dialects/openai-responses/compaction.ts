import type { Dialect } from '../dialect.ts'
import { openaiResponses } from './openai-responses.ts'

const { id, family, wire, createUsageReader, parseRequest, renderRequest } = openaiResponses

/**
 * A conversation made shorter, which only its provider can read and go on from: asked for and billed as an answer is, at
 * a path of its own. No other dialect has a word for it.
 */
export const responsesCompaction: Dialect = {
  id,
  family,
  upstreamPath: () => '/responses/compact',
  compacts: true,
  wire,
  createUsageReader,
  // Of the same dialect, to take out what another provider has sealed.
  ...(parseRequest && { parseRequest }),
  ...(renderRequest && { renderRequest }),
}
