import type { SqlRow } from '../../store/sql-row.ts'
import type { LedgerEntry, LedgerMeta } from '../driver.ts'
import { amountOf, numberOf } from './decode-outcome.ts'

/** Of a row of the ledger. */
export function decodeEntry(row: SqlRow): LedgerEntry {
  return {
    seq: numberOf(row, 'seq'),
    account: row.account as string,
    op: row.op as LedgerEntry['op'],
    ref: row.ref as string,
    amount: amountOf(row, 'amount'),
    modelCost: amountOf(row, 'model_cost'),
    fee: amountOf(row, 'fee'),
    shortfall: amountOf(row, 'shortfall'),
    availableAfter: amountOf(row, 'available_after'),
    heldAfter: amountOf(row, 'held_after'),
    at: numberOf(row, 'at'),
    ...(row.expires_at !== null && { expiresAt: numberOf(row, 'expires_at') }),
    ...(typeof row.key === 'string' && { key: row.key }),
    ...(typeof row.other_limits === 'string' && { otherLimits: JSON.parse(row.other_limits) as string[] }),
    ...(typeof row.meta === 'string' && { meta: JSON.parse(row.meta) as LedgerMeta }),
  }
}
