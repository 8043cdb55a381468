import type { CreditDriver, LedgerEntry } from './driver.ts'

/** The store's clock, which rows are dated by, and those of its callers may differ by so much. */
const clockSkewMs = 3_600_000
/** Fewer rows are read as fast as they are searched. */
const readAtOnce = 500

type Reading = Pick<CreditDriver, 'balance' | 'ledger'>

/**
 * The number of a row before which none is as young as a moment: where to begin to read. Rows are dated in their
 * order, so that few of them have to be looked at.
 *
 * @param at Milliseconds since the epoch, by the caller's clock.
 */
export async function firstSince(driver: Reading, account: string, at: number): Promise<number> {
  const wanted = at - clockSkewMs
  let low = 1
  if (wanted <= 0) return low
  let high = (await driver.balance(account)).seq + 1
  while (high - low > readAtOnce) {
    const middle = Math.floor((low + high) / 2)
    const row = await rowAt(driver, account, middle)
    if (row && row.at < wanted) low = middle + 1
    else high = middle
  }
  return low
}

/** Whether all rows that are older than this one are older than the moment. */
export function isBefore(row: LedgerEntry, at: number): boolean {
  return row.at < at - clockSkewMs
}

async function rowAt({ ledger }: Reading, account: string, seq: number): Promise<LedgerEntry | undefined> {
  for await (const row of ledger(account, seq, seq)) return row
  return undefined
}
