/** What became of an attempt, as far as the call is concerned. */
export type AttemptVerdict =
  | 'served'
  /** Another credential of the same provider was tried next. */
  | 'next_key'
  /** Credentials of another kind were tried next: from own keys to managed ones, or back. */
  | 'next_step'
  | 'next_model'
  /** The same again, after the time that its provider asked for. */
  | 'retry'
  /** Nothing was tried behind it, because nothing could have helped. */
  | 'stop'
  /** Nothing was left to try. */
  | 'exhausted'
  /** Another attempt that ran beside it answered first. */
  | 'overtaken'

/** One try at one upstream with one credential. Kept in the ledger, so names are short and few. */
export interface AttemptRecord {
  readonly provider: string
  /** What was sent to the provider. */
  readonly model: string
  readonly credential: 'managed' | 'own'
  /** The provider key, where it is an own one. */
  readonly keyId?: string
  readonly upstreamDialect: string
  readonly verdict: AttemptVerdict
  /** The provider's HTTP status; 0 where none came. */
  readonly status: number
  /** The code of the error, in a failed one. */
  readonly code?: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly durationMs: number
  readonly firstByteMs?: number
}
