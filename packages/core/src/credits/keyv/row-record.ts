import type { EngineRow } from '../engine/account-state.ts'

const amounts = ['amount', 'modelCost', 'fee', 'shortfall', 'asked', 'availableAfter', 'heldAfter'] as const
type Amount = (typeof amounts)[number]

/** A ledger row with its amounts as decimal text. */
export type RowRecord = Omit<EngineRow, Amount> & Readonly<Record<Amount, string>>

export function toRowRecord(row: EngineRow): RowRecord {
  const texts = Object.fromEntries(amounts.map((name) => [name, String(row[name])]))
  return { ...row, ...(texts as Record<Amount, string>) }
}

export function fromRowRecord(record: RowRecord): EngineRow {
  const values = Object.fromEntries(amounts.map((name) => [name, BigInt(record[name])]))
  return { ...record, ...(values as Record<Amount, bigint>) }
}
