import type { KeyLimits } from '../credits/driver.ts'
import type { CallPolicy } from './policy.ts'

/** Who makes a call, and what limits it. */
export interface Principal {
  readonly account: string
  /** The access key used, or undefined when the host's own login answered. */
  readonly accessKeyId: string | undefined
  /** What ledger and usage show: the access key's id or the host's subject. */
  readonly subject: string | undefined
  /** Each has counters of its own, and each must be kept. */
  readonly limits: readonly LimitSet[]
  /** Undefined where nothing is restricted. */
  readonly policy: CallPolicy | undefined
}

/** What a limit is on, and who set it. */
export interface LimitSet extends KeyLimits {
  /** For the words of a refusal: `the access key`, `the account`. */
  readonly owner: string
}
