export interface DueContext {
  /** Accounts with expired holds or ended grants, in the order in which accounts are locked. */
  readonly find: (limit: number) => Promise<readonly string[]>
  /** Gives back at most so many holds of an account in a transaction of its own. Resolves to how many. */
  readonly expire: (account: string, most: number) => Promise<number>
}

/** Holds that are given back under one lock: the calls of their account wait for it. */
const mostAtOnce = 100

/**
 * Gives back expired holds and ends grants, an account at a time: the accounts are found without a lock, and each
 * is looked at again under its own, so that several processes may do this at once.
 *
 * @returns How many holds were given back.
 * @throws What the first account that failed said, when the others have been looked at.
 */
export async function giveBackDue({ find, expire }: DueContext, limit: number): Promise<number> {
  const failures: unknown[] = []
  let given = 0
  while (given < limit && failures.length === 0) {
    const accounts = await find(limit - given)
    for (const account of accounts) {
      if (given >= limit) break
      // One that somebody has locked keeps nobody else waiting.
      given += await expire(account, Math.min(limit - given, mostAtOnce)).catch((error) => {
        failures.push(error)
        return 0
      })
    }
    if (accounts.length === 0) break
  }
  if (failures.length > 0) throw failures[0]
  return given
}
