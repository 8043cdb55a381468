import type { HoldRefusal, HoldResult, SettleResult } from '../driver.ts'
import type { AccountState, EngineRow } from './account-state.ts'
import type { Refusal } from './refusal.ts'

type Refused = Extract<HoldResult, { ok: false }>

/** A refusal changes nothing and says what there is. */
export function refused(
  { available, held }: Pick<AccountState, 'available' | 'held'>,
  reason: HoldRefusal,
): Refused {
  return { ok: false, reason, available, held }
}

/** With what refuses, and when to ask again. Credits that calls hold are the account's to tell. */
export function refusedFor(
  account: Pick<AccountState, 'available' | 'held'>,
  { reason, id, window, lastsMs }: Refusal,
): Refused {
  return {
    ...refused(account, reason),
    ...(id !== undefined && { limit: { id, ...(window && { window }) } }),
    ...(reason !== 'insufficient' && lastsMs !== Infinity && { retryAfterMs: lastsMs }),
  }
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
