import type { Delta } from '../delta.ts'
import { isJsonObject } from '../json.ts'
import { operatorsFailure, providersFailure } from '../stream-failures.ts'

/** Failures that are between the operator and the provider, and none of the client's business. */
const operators: ReadonlyMap<unknown, string> = new Map([
  ['UNAUTHENTICATED', 'upstream_auth_error'],
  ['PERMISSION_DENIED', 'upstream_auth_error'],
  ['FAILED_PRECONDITION', 'upstream_quota_exhausted'],
  ['RESOURCE_EXHAUSTED', 'rate_limit_exceeded'],
])

/** The error object of a stream, fit for the client to read. */
export function parseGeminiError(error: unknown): Delta {
  const { status, message } = isJsonObject(error) ? error : {}
  const operator = operators.get(status)
  if (operator !== undefined) return operatorsFailure(operator)
  return providersFailure(typeof status === 'string' ? status : 'upstream_error', message)
}
