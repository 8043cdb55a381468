import type { ErrorCodeName } from '../../errors/codes.ts'
import type { FailureKind } from '../../upstream/health/failure.ts'
import type { Target } from '../authorize.ts'
import type { Call } from '../call.ts'
import type { CallServices } from '../services.ts'
import type { Failure } from './failure.ts'

const kinds: Readonly<Partial<Record<ErrorCodeName, FailureKind>>> = {
  upstream_auth_error: 'auth',
  upstream_quota_exhausted: 'quota',
  rate_limited: 'rate',
  upstream_overloaded: 'overloaded',
  upstream_error: 'server',
  upstream_unreachable: 'network',
  upstream_stream_truncated: 'network',
  upstream_timeout: 'timeout',
}

/** What a failed attempt says of its provider and its credential, if anything. */
export function reportFailure({ watch, principal }: Call, { error, retryAfterMs }: Failure): void {
  const kind = kinds[error.code]
  // A caller's own clock may be shorter than what any provider needs.
  const isImpatient = kind === 'timeout' && principal.policy?.timeouts !== undefined
  if (kind && !isImpatient) watch?.failed({ kind, retryAfterMs })
  else watch?.abandoned()
}

/** Whether a target may be asked before others. */
export function isWell({ health }: CallServices, { resolution, credential }: Target): boolean {
  return health.state(resolution.provider, credential.keyId).available
}

/** When a target may be well again, milliseconds since the epoch. */
export function wellAt({ health }: CallServices, { resolution, credential }: Target): number {
  return health.state(resolution.provider, credential.keyId).until ?? 0
}
