export interface DueContext {
  /** Accounts with expired holds or ended grants, in the order in which accounts are locked. */
  readonly find: (limit: number) => Promise<readonly string[]>
  /** Gives back at most so many holds of an account in a transaction of its own. Resolves to how many. */
  readonly expire: (account: string, most: number) => Promise<number>
}

/**
 * Gives back expired holds and ends grants, an account at a time: the accounts are found without a lock, and each
 * is looked at again under its own, so that several processes may do this at once.
 *
 * @returns How many holds were given back.
 */
export async function giveBackDue({ find, expire }: DueContext, limit: number): Promise<number> {
  let given = 0
  while (given < limit) {
    const accounts = await find(limit - given)
    for (const account of accounts) {
      if (given >= limit) break
      given += await expire(account, limit - given)
    }
    if (accounts.length === 0) break
  }
  return given
}
