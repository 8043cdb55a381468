import type { PostgresServer } from '../../store/postgres/postgres-server.ts'
import { numberOf, type Outcome } from './decode-outcome.ts'
import { expireStep, type Step } from './encode-step.ts'
import { readDueAccounts } from './read-account.ts'

export interface DueContext {
  readonly server: PostgresServer
  /** Runs the step in a transaction of its own. */
  readonly expire: (step: Step) => Promise<Outcome>
  readonly now: (() => number) | undefined
}

/**
 * Gives back expired holds and ends grants, an account at a time: the accounts are found without a lock, and each
 * is looked at again under its own, so that several processes may do this at once.
 *
 * @returns How many holds were given back.
 */
export async function giveBackDue({ server, expire, now }: DueContext, limit: number): Promise<number> {
  let given = 0
  while (given < limit) {
    const accounts = await readDueAccounts(server, { now: now?.(), limit: limit - given })
    for (const account of accounts) {
      if (given >= limit) break
      given += numberOf(await expire(expireStep(account, limit - given)), 'amount')
    }
    if (accounts.length === 0) break
  }
  return given
}
