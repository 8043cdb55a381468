import type { Nano } from '../../billing/money.ts'
import type { LedgerEntry, LedgerMeta } from '../driver.ts'
import type { AccountState, EngineRow } from './account-state.ts'
import type { EngineContext } from './engine.ts'

/** What a row says beside the balance after it. */
export interface RowContent {
  readonly op: LedgerEntry['op']
  readonly ref: string
  readonly amount: Nano
  readonly modelCost?: Nano
  readonly fee?: Nano
  readonly shortfall?: Nano
  readonly asked?: Nano
  readonly expiresAt?: number | undefined
  readonly key?: string | undefined
  readonly otherLimits?: readonly string[] | undefined
  readonly meta?: LedgerMeta | undefined
}

type Writable<Row> = { -readonly [Name in keyof Row]: Row[Name] }

/** Writes the row of a change that has just been made, under the next number of its account. */
export function appendRow(
  { store, now }: EngineContext,
  account: AccountState,
  content: RowContent,
): EngineRow {
  const {
    op,
    ref,
    amount,
    modelCost = 0n,
    fee = 0n,
    shortfall = 0n,
    asked = 0n,
    expiresAt,
    key,
    otherLimits,
    meta,
  } = content
  account.seq += 1
  const row: Writable<EngineRow> = {
    seq: account.seq,
    account: account.id,
    op,
    ref,
    amount,
    modelCost,
    fee,
    shortfall,
    asked,
    availableAfter: account.available,
    heldAfter: account.held,
    at: now(),
  }
  // One by one: spreads of what is seldom there are slow.
  if (expiresAt !== undefined) row.expiresAt = expiresAt
  if (key !== undefined) row.key = key
  if (otherLimits) row.otherLimits = otherLimits
  if (meta) row.meta = meta
  store.append(row)
  store.changed(account, row)
  return row
}
