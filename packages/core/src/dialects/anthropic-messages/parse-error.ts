import type { Delta } from '../delta.ts'
import { isJsonObject } from '../json.ts'
import { operatorsFailure, providersFailure } from '../stream-failures.ts'

/** Failures that are between the operator and the provider, and none of the client's business. */
const operators: ReadonlyMap<unknown, string> = new Map([
  ['authentication_error', 'upstream_auth_error'],
  ['permission_error', 'upstream_auth_error'],
  ['billing_error', 'upstream_quota_exhausted'],
])

/** The error object of a stream's `error` event, fit for the client to read. */
export function parseMessagesError(error: unknown): Delta {
  const { type, message } = isJsonObject(error) ? error : {}
  const operator = operators.get(type)
  if (operator !== undefined) return operatorsFailure(operator)
  return providersFailure(typeof type === 'string' ? type : 'upstream_error', message)
}
