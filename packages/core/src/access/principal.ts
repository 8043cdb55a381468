import type { KeyLimits } from '../credits/driver.ts'

/** Who makes a call, and what limits it. */
export interface Principal {
  readonly account: string
  /** The access key used, or undefined when the host's own login answered. */
  readonly accessKeyId: string | undefined
  /** What ledger and usage show: the access key's id or the host's subject. */
  readonly subject: string | undefined
  /** Undefined when the key is not limited. */
  readonly limits: KeyLimits | undefined
}
