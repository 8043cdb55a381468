/** What an attempt failed of. A request that was itself at fault is no failure of anybody's. */
export interface Failure {
  /**
   * `auth` (401, 403), `quota` (nothing left to spend) and `rate` (429) say something of the credential alone;
   * `overloaded` (529, 503), `server` (5xx), `network` and `timeout` of the provider.
   */
  readonly kind: 'auth' | 'quota' | 'rate' | 'overloaded' | 'server' | 'network' | 'timeout'
  /** What the provider asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

export type FailureKind = Failure['kind']

/** Failures of a credential: its provider answers, and would answer another one. */
export type CoolingReason = 'auth' | 'quota' | 'rate'

export function isOfCredential(kind: FailureKind): kind is CoolingReason {
  return kind === 'auth' || kind === 'quota' || kind === 'rate'
}
