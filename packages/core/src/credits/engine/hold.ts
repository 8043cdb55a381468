import { minNano, type Nano } from '../../billing/money.ts'
import { callIdTime } from '../call-id.ts'
import type { ExtendRequest, HoldLimits, HoldRequest, HoldResult } from '../driver.ts'
import { type AccountState, isSameHold, isSameRow, keepHold, type PendingHold } from './account-state.ts'
import { affordable, refuseMoney } from './check-money.ts'
import { checkRates } from './check-rates.ts'
import type { EngineContext } from './engine.ts'
import { expireAccount } from './expire.ts'
import { countHold, usagesOf } from './limit-usage.ts'
import { longest } from './refusal.ts'
import { refused, refusedFor } from './results.ts'
import { moveInWindows, windowsAt } from './spend-windows.ts'

/** Ids older than this are not executed: whatever they named may have been forgotten. */
export const retentionMs = 86_400_000
/** Expired holds of the account that are given back on the way. */
export const expiredOnTheWay = 4

const unlimited: readonly HoldLimits[] = []

/** Reserves an amount: every check first, and only then every change. */
export function takeHold(context: EngineContext, account: AccountState, request: HoldRequest): HoldResult {
  const { id, ttlMs, amount, minimum = amount, limits = unlimited, tokens = 0 } = request
  const known = account.holds.get(id)
  if (known) return repeat(account, known, request)
  const now = context.now()
  const refusal = refuseId(context, account, { request, now })
  if (refusal) return refusal
  expireAccount(context, account, { limit: expiredOnTheWay, now })
  const check = { limits, usages: usagesOf(account, limits), windows: windowsAt(now), tokens, now }
  const most = affordable(account.available, check)
  const tooMuch = most < minimum ? refuseMoney(account, { ...check, minimum }) : undefined
  const limited = longest(tooMuch, checkRates(check))
  if (limited) return refusedFor(account, limited)
  const granted = minNano(maxOf(wantedOf(request, most), minimum), most)
  countHold(account, check, granted)
  account.available -= granted
  account.held += granted
  const { usages, windows } = check
  const taken = { id, account: account.id, asked: amount, amount: granted, limits, usages, windows }
  const hold: PendingHold = { ...taken, expiresAt: now + ttlMs, takenAt: now }
  keepHold(account, hold)
  context.store.pending(hold)
  return reserved(account, hold)
}

/** Who can do with less leaves a share for others. */
function wantedOf({ amount, share }: HoldRequest, most: Nano): Nano {
  return share ? minNano(amount, maxOf(share.atLeast, most / BigInt(share.of))) : amount
}

function maxOf(left: Nano, right: Nano): Nano {
  return left > right ? left : right
}

function reserved(
  { available }: AccountState,
  { amount, expiresAt }: Pick<PendingHold, 'amount' | 'expiresAt'>,
  replay = false,
): HoldResult {
  return { ok: true, replay, amount, expiresAt, available }
}

/** The first outcome, as long as the hold has not grown since and the parameters are the same. */
function repeat(account: AccountState, hold: PendingHold, request: HoldRequest): HoldResult {
  if (!isSameHold(hold, request)) return refused(account, 'id_conflict')
  return reserved(account, hold, true)
}

/** Ids that are finished, or too old for anyone to know. */
function refuseId(
  { store }: EngineContext,
  account: AccountState,
  { request, now }: { readonly request: HoldRequest; readonly now: number },
): HoldResult | undefined {
  const madeAt = callIdTime(request.id)
  if (madeAt !== undefined && madeAt < now - retentionMs) return refused(account, 'id_too_old')
  // An id that has just been made cannot have a row; the look-up is for repeats.
  const row = store.findRow(account.id, request.id, 'call')
  if (!row) return undefined
  if (!isSameRow(row, request)) return refused(account, 'id_conflict')
  return reserved(account, { amount: row.asked, expiresAt: row.at }, true)
}

/** Grows a pending hold under the checks on money, or renews it; refused, it stays as it was. */
export function extendHold(
  context: EngineContext,
  account: AccountState,
  { id, toAmount = 0n, minimum = toAmount, ttlMs }: ExtendRequest & { readonly id: string },
): HoldResult {
  const now = context.now()
  const hold = account.holds.get(id)
  if (!hold || hold.expiresAt <= now) return refused(account, 'not_pending')
  if (toAmount > hold.amount) {
    const { limits, usages } = hold
    const more = { minimum: maxOf(minimum - hold.amount, 0n), own: hold }
    const check = { limits, usages, windows: windowsAt(now), now }
    const most = affordable(account.available, check)
    const refusal = most < more.minimum ? refuseMoney(account, { ...check, ...more }) : undefined
    if (refusal) return refusedFor(account, refusal)
    const granted = minNano(maxOf(toAmount - hold.amount, more.minimum), most)
    moveInWindows(usages, hold.windows, { held: granted, spent: 0n })
    account.available -= granted
    account.held += granted
    hold.amount += granted
  }
  if (ttlMs !== undefined) {
    // Of holds that end together, one that was renewed is as late as one that was taken at that moment.
    account.holds.delete(id)
    hold.expiresAt = now + ttlMs
  }
  keepHold(account, hold)
  context.store.pending(hold)
  return reserved(account, hold)
}
