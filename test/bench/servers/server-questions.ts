import type { LedgerFacts } from './ledger-facts.ts'

export interface StartOptions {
  /** `http://127.0.0.1:40123`, without the version. */
  readonly upstream: string
  /** Only for gateways: `memory:` or `sqlite:<file>`. */
  readonly store: string
}

/** What a server under test answers in its process. */
export interface ServerQuestions {
  start(options: StartOptions): Promise<StartedServer>
  /** Microseconds of processor time since the process began. */
  processorMicros(): number
  /** What the calls were charged; undefined where nobody charges. */
  ledger?(): Promise<LedgerFacts>
}

export interface StartedServer {
  readonly port: number
  /** The value of the header a call needs. */
  readonly authorization: string
}
