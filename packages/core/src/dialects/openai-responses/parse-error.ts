import type { Delta } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { operatorsFailure, providersFailure } from '../stream-failures.ts'

/**
 * Failures that are between the operator and the provider, and none of the client's business: the provider's words
 * about them name its customer.
 */
const operators: readonly (readonly [RegExp, Delta])[] = [
  [/quota|billing|account_deactivated/, operatorsFailure('upstream_quota_exhausted')],
  [/api_key|authentication|permission|organization/, operatorsFailure('upstream_auth_error')],
  [/rate_limit/, providersFailure('rate_limit_exceeded', 'Rate limit of the provider exceeded.')],
]

/** The error object of an `error` event or of a failed response, fit for the client to read. */
export function parseResponsesError(error: unknown): Delta {
  const { code, type, message }: JsonObject = isJsonObject(error) ? error : {}
  const words = `${String(code ?? '')} ${String(type ?? '')}`
  const operator = operators.find(([pattern]) => pattern.test(words))?.[1]
  return operator ?? providersFailure([code, type].find(isWord) ?? 'upstream_error', message)
}

/** An `error` event that is flat has its own name for its type. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value !== 'error'
}
