import type { ErrorCodeName } from '../../errors/codes.ts'
import type { FailureKind } from '../../upstream/health/failure.ts'
import type { ResolvedCall } from '../call.ts'
import type { CallServices } from '../services.ts'
import type { Failure } from './failure.ts'

/** What an attempt tells of its provider, its credential and its model. The first that is called counts. */
export interface Watch {
  succeeded(answer: WatchedAnswer): void
  failed(failure: Pick<Failure, 'error' | 'retryAfterMs'>): void
  /** It broke off behind its beginning. */
  brokeOff(): void
  /** It says nothing of them: the client left, or the request itself was at fault. */
  abandoned(): void
}

export interface WatchedAnswer {
  /** Milliseconds since the epoch. */
  readonly firstByteAt: number | undefined
  readonly outputTokens: number
}

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

/** Begins to watch an attempt that goes out now. */
export function watchAttempt({ health, metrics }: CallServices, call: ResolvedCall, at: number): Watch {
  const { target, principal, envelope } = call
  const { provider, upstreamId } = target.resolution
  const attempt = health.begin({ provider, keyId: target.credential.keyId })
  const meter = metrics.meter(provider, upstreamId)
  meter.begin()
  let isOver = false
  const end = (outcome: 'succeeded' | 'failed' | 'uncounted', answer?: WatchedAnswer) => {
    if (isOver) return false
    isOver = true
    const { firstByteAt, outputTokens } = answer ?? {}
    const firstTokenMs = envelope.stream && firstByteAt !== undefined ? firstByteAt - at : undefined
    meter.ended({ outcome, firstTokenMs, durationMs: Date.now() - at, outputTokens })
    return true
  }
  return {
    succeeded(answer) {
      if (end('succeeded', answer)) attempt.succeeded()
    },
    failed({ error, retryAfterMs }) {
      const kind = kinds[error.code]
      // A caller's own clock may be shorter than what any provider needs.
      const isImpatient = kind === 'timeout' && principal.policy?.timeouts !== undefined
      const counts = kind !== undefined && !isImpatient
      if (!end(counts ? 'failed' : 'uncounted')) return
      if (counts) attempt.failed({ kind, retryAfterMs })
      else attempt.abandoned()
    },
    brokeOff() {
      if (end('failed')) attempt.failed({ kind: 'network' })
    },
    abandoned() {
      if (end('uncounted')) attempt.abandoned()
    },
  }
}
