import type { HoldRefusal, HoldResult, SettleResult } from '../driver.ts'
import type { AccountState, EngineRow } from './account-state.ts'

type Refused = Extract<HoldResult, { ok: false }>

/** A refusal changes nothing and says what there is. */
export function refused(
  { available, held }: Pick<AccountState, 'available' | 'held'>,
  reason: HoldRefusal,
  retryAfterMs?: number,
): Refused {
  return { ok: false, reason, available, held, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

const states = { settle: 'settled', settle_late: 'settled_late', release: 'released' } as const

/** The outcome that a row records; undefined for an expired hold, which may still be settled. */
export function outcomeOf(
  row: Pick<EngineRow, 'op' | 'amount' | 'shortfall' | 'seq'>,
  replay: boolean,
): SettleResult | undefined {
  const state = states[row.op as keyof typeof states]
  if (state === undefined) return undefined
  const charged = row.op === 'release' ? 0n : row.amount
  return { state, replay, charged, shortfall: row.shortfall, seq: row.seq }
}
