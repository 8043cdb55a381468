import { errorCodes } from '../../errors/codes.ts'
import type { Delta } from '../delta.ts'
import { formatEvent } from '../sse.ts'

/** The API's own types, as far as a failure in mid-answer can have one. */
const own = new Set([
  'rate_limit_error',
  'timeout_error',
  'api_error',
  'overloaded_error',
  'invalid_request_error',
])

/** Other providers' words for what has a type of its own here. */
const types: ReadonlyMap<string, string> = new Map([
  ['rate_limit_exceeded', 'rate_limit_error'],
  ['RESOURCE_EXHAUSTED', 'rate_limit_error'],
  ['server_is_overloaded', 'overloaded_error'],
  ['slow_down', 'overloaded_error'],
  ['UNAVAILABLE', 'overloaded_error'],
  ['DEADLINE_EXCEEDED', 'timeout_error'],
])

/** A failure in mid-stream as the event that makes clients of this API throw. */
export function renderErrorEvent(
  { kind, message }: Extract<Delta, { type: 'error' }>,
  requestId: string,
): string {
  const error = { type: typeOf(kind), message, details: { error_code: kind } }
  return formatEvent({ type: 'error', error, request_id: requestId }, 'error')
}

function typeOf(kind: string): string {
  if (own.has(kind)) return kind
  const codes: Readonly<Record<string, { readonly anthropic?: string }>> = errorCodes
  return types.get(kind) ?? codes[kind]?.anthropic ?? 'api_error'
}
