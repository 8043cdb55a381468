import type { CreditDriver, LedgerEntry } from './driver.ts'

/** Rows that are read at once; a page of a hundred calls needs one look. */
const windowSize = 250

/**
 * An account's rows from the newest to the oldest. Numbers are gapless, so that a window of them can be read forward
 * and turned around, on every driver.
 *
 * @param from The number of the first row that is wanted. @default the newest
 */
export async function* newestFirst(
  driver: Pick<CreditDriver, 'balance' | 'ledger'>,
  account: string,
  from = Number.POSITIVE_INFINITY,
): AsyncGenerator<LedgerEntry, void> {
  const newest = Math.min(from, (await driver.balance(account)).seq)
  for (let last = newest; last > 0; last -= windowSize) {
    const rows: LedgerEntry[] = []
    for await (const row of driver.ledger(account, Math.max(1, last - windowSize + 1), last)) {
      if (row.seq > last) break
      rows.push(row)
    }
    yield* rows.reverse()
  }
}
