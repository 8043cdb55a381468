import type { AttemptRecord, AttemptVerdict } from '../../telemetry/attempt.ts'
import type { Call } from '../call.ts'

export interface AttemptEnd {
  readonly verdict: AttemptVerdict
  /** The provider's HTTP status; 0 where none came. */
  readonly status: number
  /** Of the error, if it is one. */
  readonly code?: string | undefined
  readonly firstByteAt?: number | undefined
}

/** What the ledger keeps of one attempt. */
export function recordAttempt(call: Call, { verdict, status, code, firstByteAt }: AttemptEnd): AttemptRecord {
  const { target, dispatchedAt } = call
  const { kind, keyId } = target.credential
  return {
    provider: target.resolution.provider,
    model: target.resolution.upstreamId,
    credential: kind,
    ...(keyId !== undefined && { keyId }),
    upstreamDialect: target.dialect.id,
    verdict,
    status,
    ...(code !== undefined && { code }),
    startedAt: dispatchedAt,
    durationMs: Date.now() - dispatchedAt,
    ...(firstByteAt !== undefined && { firstByteMs: firstByteAt - dispatchedAt }),
  }
}
