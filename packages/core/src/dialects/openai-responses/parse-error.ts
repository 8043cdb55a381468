import type { Delta } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'

const failed = 'The provider failed while it was answering.'
const refused = 'The provider refused to go on with this answer.'

/**
 * Failures that are between the operator and the provider, and none of the client's business: the provider's words
 * about them name its customer.
 */
const operators: readonly (readonly [RegExp, string, string])[] = [
  [/quota|billing|account_deactivated/, 'upstream_quota_exhausted', refused],
  [/api_key|authentication|permission|organization/, 'upstream_auth_error', refused],
  [/rate_limit/, 'rate_limit_exceeded', 'Rate limit of the provider exceeded.'],
]

/** The error object of an `error` event or of a failed response, fit for the client to read. */
export function parseResponsesError(error: unknown): Delta {
  const { code, type, message }: JsonObject = isJsonObject(error) ? error : {}
  const words = `${String(code ?? '')} ${String(type ?? '')}`
  const operator = operators.find(([pattern]) => pattern.test(words))
  if (operator !== undefined) return { type: 'error', kind: operator[1], message: operator[2] }
  return {
    type: 'error',
    kind: [code, type].find(isWord) ?? 'upstream_error',
    message: typeof message === 'string' ? message : failed,
  }
}

/** An `error` event that is flat has its own name for its type. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value !== 'error'
}
