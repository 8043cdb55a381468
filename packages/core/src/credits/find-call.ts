import { callIdTime } from './call-id.ts'
import type { CreditDriver, LedgerEntry } from './driver.ts'
import { classOf } from './engine/account-state.ts'
import { firstSince } from './first-since.ts'

/** A call that ended later than this is found by drivers that look ids up, and only by those. */
const longestCallMs = 36 * 3_600_000

type Searched = Pick<CreditDriver, 'find' | 'balance' | 'ledger'>

/**
 * The newest row that ended a call, by the call's id. Ids begin with the time they were made at, so that a driver
 * without a look-up is searched near that time and not read from its beginning.
 *
 * @example
 * const row = await findCall(driver, 'acme', 'call_…')
 */
export async function findCall(
  driver: Searched,
  account: string,
  id: string,
): Promise<LedgerEntry | undefined> {
  const madeAt = callIdTime(id)
  if (madeAt === undefined) return undefined
  if (driver.find) return driver.find(account, id)
  return searchCall(driver, account, { id, madeAt })
}

/** The same by time alone. */
export async function searchCall(
  driver: Pick<CreditDriver, 'balance' | 'ledger'>,
  account: string,
  { id, madeAt }: { readonly id: string; readonly madeAt: number },
): Promise<LedgerEntry | undefined> {
  let found: LedgerEntry | undefined
  for await (const row of driver.ledger(account, await firstSince(driver, account, madeAt))) {
    if (row.ref === id && classOf(row.op) === 'call') found = row
    // Only what expired can have another row behind it.
    if ((found && found.op !== 'expire') || row.at > madeAt + longestCallMs) break
  }
  return found
}
