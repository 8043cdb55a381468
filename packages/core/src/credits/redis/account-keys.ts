/** The names of everything that credits keep in Redis. */
export interface KeyNames {
  /** Every key of an account, in the order in which the scripts name them, all in one slot of a cluster. */
  ofAccount(account: string): readonly string[]
  /** The account's rows, which is one of them. */
  ledger(account: string): string
  /** Where the numbers of the rows of finished calls are, the present period's first. */
  finished(account: string): readonly [string, string]
  /** What is known across accounts, in one slot as well: which there are, and which are due. */
  readonly registry: readonly [accounts: string, due: string]
}

const parts = [
  ...['account', 'holds', 'expiry', 'usages', 'ledger', 'references', 'finished', 'finished-before'],
  ...['expired', 'expired-before'],
  // Nothing ever is there. While a cluster moves a slot, it refuses a script at once when one of its keys is missing;
  // otherwise it would stop one half way, at the first key that the script itself has emptied.
  'nothing',
]

/** Names below a prefix. The part in braces decides the slot; it ends at the first brace, so there is no other. */
export function createKeyNames(prefix: string): KeyNames {
  const home = (account: string) => `${prefix}:credits:{${encodeURIComponent(account)}}:`
  return {
    ofAccount(account) {
      const begin = home(account)
      return parts.map((part) => begin + part)
    },
    ledger: (account) => `${home(account)}ledger`,
    finished: (account) => [`${home(account)}finished`, `${home(account)}finished-before`],
    registry: [`${prefix}:{credits}:accounts`, `${prefix}:{credits}:due`],
  }
}
