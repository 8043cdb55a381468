import type { SQLOutputValue } from 'node:sqlite'
import type { LedgerEntry, LedgerMeta } from '../driver.ts'
import { classOf, type EngineRow } from '../engine/account-state.ts'

export type SqliteRow = Readonly<Record<string, SQLOutputValue>>

/** In the order of the columns. */
export function encodeRow(row: EngineRow) {
  return [
    row.account,
    row.seq,
    classOf(row.op),
    row.op,
    row.ref,
    row.amount,
    row.modelCost,
    row.fee,
    row.shortfall,
    row.asked,
    row.availableAfter,
    row.heldAfter,
    row.at,
    row.key ?? null,
    row.otherLimits ? JSON.stringify(row.otherLimits) : null,
    row.meta === undefined ? null : JSON.stringify(row.meta),
    row.expiresAt ?? null,
  ] as const
}

/** Columns are read as bigint, since amounts may be above what a number keeps. */
export function decodeRow(row: SqliteRow): EngineRow {
  return {
    account: row.account as string,
    seq: Number(row.seq),
    op: row.op as LedgerEntry['op'],
    ref: row.ref as string,
    amount: row.amount as bigint,
    modelCost: row.model_cost as bigint,
    fee: row.fee as bigint,
    shortfall: row.shortfall as bigint,
    asked: row.asked as bigint,
    availableAfter: row.available_after as bigint,
    heldAfter: row.held_after as bigint,
    at: Number(row.at),
    ...(row.expires_at !== null && { expiresAt: Number(row.expires_at) }),
    ...(row.key !== null && { key: row.key as string }),
    ...(row.other_limits !== null && { otherLimits: JSON.parse(row.other_limits as string) as string[] }),
    ...(row.meta !== null && { meta: JSON.parse(row.meta as string) as LedgerMeta }),
  }
}
