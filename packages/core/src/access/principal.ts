import type { HoldLimits, SpendWindow } from '../credits/driver.ts'
import type { CallPolicy } from './policy.ts'

/** Who makes a call, and what limits it. */
export interface Principal {
  readonly account: string
  /** The access key used, or undefined when the host's own login answered. */
  readonly accessKeyId: string | undefined
  /** What ledger and usage show: the access key's id or the host's subject. */
  readonly subject: string | undefined
  /** Each has counters of its own, and each must be kept: at most 4, with ids of their own, the caller's first. */
  readonly limits: readonly LimitSet[]
  /** Undefined where nothing is restricted. */
  readonly policy: CallPolicy | undefined
  /** Undefined where calls may come from anywhere. */
  readonly admitsAddress: AddressCheck | undefined
}

/** Whether calls may come from an address; from one that is not known they may not. */
export type AddressCheck = (address: string | undefined) => boolean

/** A member of a limit set: a rate, calls at once, or the window of what may be spent. */
export type LimitName = 'rpm' | 'tpm' | 'concurrency' | SpendWindow

/** What a limit is on, and who set it. */
export interface LimitSet extends HoldLimits {
  /** For the words of a refusal: `the access key`, `the account`. */
  readonly owner: string
  /** Who set those that are not the owner's: `{ rpm: 'the configuration "x"' }`. */
  readonly owners?: Readonly<Partial<Record<LimitName, string>>>
}
