import type { SqlRow } from '../../store/sql-row.ts'
import type {
  Balance,
  CreditKind,
  CreditRequest,
  CreditResult,
  HoldRefusal,
  HoldResult,
  SettleResult,
  SpendWindow,
} from '../driver.ts'
import { accountIsFull, referenceWasUsed } from '../engine/credit.ts'
import type { Refusal } from '../engine/refusal.ts'
import { refusedFor } from '../engine/results.ts'

/** What came of a step, and the account behind it. */
export type Outcome = SqlRow

/** @throws Error for a column that must have a value and has none. */
function textOf(row: SqlRow, column: string): string {
  const text = row[column]
  if (typeof text === 'string') return text
  throw new Error(`The store answered without "${column}".`)
}

export const amountOf = (row: SqlRow, column: string): bigint => BigInt(textOf(row, column))
export const numberOf = (row: SqlRow, column: string): number => Number(textOf(row, column))
/** Postgres spells a boolean `t`, MySQL `1`. */
export const isTrue = (row: SqlRow, column: string): boolean => ['t', '1'].includes(textOf(row, column))

export function holdResult(outcome: Outcome): HoldResult {
  const available = amountOf(outcome, 'available')
  const name = textOf(outcome, 'outcome')
  if (name === 'held') {
    const replay = isTrue(outcome, 'replay')
    return {
      ok: true,
      replay,
      amount: amountOf(outcome, 'amount'),
      expiresAt: numberOf(outcome, 'moment'),
      available,
    }
  }
  return refusedFor({ available, held: amountOf(outcome, 'held') }, refusalOf(outcome, name as HoldRefusal))
}

/** Milliseconds above what a number keeps say that no waiting helps. */
function refusalOf({ moment, refused_id, refused_window }: Outcome, reason: HoldRefusal): Refusal {
  const lastsMs = typeof moment === 'string' ? Number(moment) : Infinity
  return {
    reason,
    lastsMs: lastsMs > Number.MAX_SAFE_INTEGER ? Infinity : lastsMs,
    ...(typeof refused_id === 'string' && { id: refused_id }),
    ...(typeof refused_window === 'string' && { window: refused_window as SpendWindow }),
  }
}

export function settleResult(outcome: Outcome): SettleResult {
  const state = textOf(outcome, 'outcome') as SettleResult['state']
  if (state === 'unknown') return { state }
  return {
    state,
    replay: isTrue(outcome, 'replay'),
    charged: amountOf(outcome, 'amount'),
    shortfall: amountOf(outcome, 'shortfall'),
    seq: numberOf(outcome, 'seq'),
  }
}

/** @throws GatewayError as the engine's own. */
export function creditResult(outcome: Outcome, { ref }: CreditRequest): CreditResult {
  const name = textOf(outcome, 'outcome')
  if (name === 'too_much') throw accountIsFull()
  if (name !== 'credited') {
    const op = name.slice('conflict:'.length) as CreditKind
    throw referenceWasUsed(ref, { op, amount: amountOf(outcome, 'amount') })
  }
  return {
    replay: isTrue(outcome, 'replay'),
    available: amountOf(outcome, 'moment'),
    seq: numberOf(outcome, 'seq'),
    shortfall: amountOf(outcome, 'shortfall'),
  }
}

/** Of a row that has the columns of an account. */
export function balanceResult(row: SqlRow, seq = 'seq'): Balance {
  return {
    available: amountOf(row, 'available'),
    held: amountOf(row, 'held'),
    spent: amountOf(row, 'spent'),
    topups: amountOf(row, 'topups'),
    seq: numberOf(row, seq),
  }
}
