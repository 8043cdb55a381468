import type { ErrorCodeName } from '../../errors/codes.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { JsonAnswer } from '../answer.ts'

/** How an attempt ended that brought no answer. */
export interface Failure {
  readonly error: GatewayError
  /** The provider's own words, in the client's own dialect. */
  readonly answer?: JsonAnswer
  /** What the provider itself said, to tell why it refused. @default the error's message */
  readonly words?: string
  /** The time that the provider itself asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** What may help a call whose attempt failed: nothing, a model that takes more, or any other candidate. */
export type Remedy = 'none' | 'larger_context' | 'another'

/** What is wrong lies with the provider, the way to it, or the credential; another one may be better off. */
const passing: ReadonlySet<ErrorCodeName> = new Set([
  'rate_limited',
  'upstream_error',
  'upstream_auth_error',
  'upstream_quota_exhausted',
  'upstream_unreachable',
  'upstream_stream_truncated',
  'upstream_overloaded',
  'upstream_timeout',
  'provider_unavailable',
])

/** Client errors by their number that say nothing about the request itself. */
const passingStatuses: ReadonlySet<number> = new Set([408, 409, 425])

const tooLong =
  /context.{0,24}(length|window|limit|size)|prompt is too long|too many (input )?tokens|maximum context|input token count/i

/** What may help: the request itself is at fault in most client errors, and then nothing does. */
export function remedyFor({ code, status, message }: GatewayError, words: string = message): Remedy {
  if (passing.has(code)) return 'another'
  if (code === 'context_length_exceeded') return 'larger_context'
  if (code !== 'invalid_request') return 'none'
  if (passingStatuses.has(status)) return 'another'
  return tooLong.test(words) ? 'larger_context' : 'none'
}
