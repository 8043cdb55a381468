/** What a process of a load does. Amounts are nano-dollars as text, since they cross between processes. */
export interface Job {
  /** Address of the store. */
  readonly store: string
  /** `exact`: by the driver of the store. `naive`: by reading and writing a balance through Keyv. */
  readonly manner: 'exact' | 'naive'
  /** How many accounts there are; each call takes one of them. */
  readonly accounts: number
  /** Calls at once. */
  readonly width: number
  /** Ends after this time, or when the accounts are empty, whichever comes first. */
  readonly seconds: number
}

/** What came of it. */
export interface Outcome {
  /** Pairs of a hold and its settlement. */
  readonly pairs: number
  /** What the store confirmed to be charged, in all. */
  readonly confirmed: string
  /** Milliseconds of each hold, of a sample. */
  readonly holds: readonly number[]
  readonly settlements: readonly number[]
}

export const accountName = (index: number) => `account-${index}`
