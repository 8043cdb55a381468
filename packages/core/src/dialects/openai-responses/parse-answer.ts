import type { Delta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { createResponseParser } from './response-parser.ts'

/** A whole response as the deltas its stream would have had; undefined when it is no response. */
export function parseResponsesAnswer(body: JsonObject): readonly Delta[] | undefined {
  if (!Array.isArray(body.output)) return undefined
  const parser = createResponseParser()
  const failed = body.status === 'failed' || body.status === 'cancelled'
  return [
    ...parser.push('response.created', { response: body }),
    ...parser.push(failed ? 'response.failed' : 'response.completed', { response: body }),
  ]
}
