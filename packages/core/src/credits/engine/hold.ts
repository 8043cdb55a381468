import { assertNano } from '../../billing/money.ts'
import { callIdTime } from '../call-id.ts'
import type { ExtendRequest, HoldRequest, HoldResult } from '../driver.ts'
import { type AccountState, isSameHold, type PendingHold } from './account-state.ts'
import type { EngineContext } from './engine.ts'
import { expireAccount } from './expire.ts'
import { checkKey, checkSpend, emptyKey, type KeyCheck, takeKey } from './key-limits.ts'
import { refused } from './results.ts'
import { moveInWindows, windowsAt } from './spend-windows.ts'

/** Ids older than this are not executed: whatever they named may have been forgotten. */
const retentionMs = 86_400_000
/** Expired holds of the account that are given back on the way. */
const expiredOnTheWay = 4

/** Reserves an amount: every check first, and only then every change. */
export function takeHold(context: EngineContext, account: AccountState, request: HoldRequest): HoldResult {
  const { id, amount, ttlMs } = request
  assertNano(amount, 'amount')
  const known = account.holds.get(id)
  if (known) return repeat(account, known, request)
  const now = context.now()
  const refusal = refuseId(context, account, { request, now })
  if (refusal) return refusal
  expireAccount(context, account, { limit: expiredOnTheWay, now })
  if (account.available < amount) return refused(account, 'insufficient')
  const check = request.key && keyCheck(account, request, now)
  const limited = check && checkKey(check)
  if (limited) return refused(account, limited.reason, limited.retryAfterMs)
  if (check) {
    takeKey(check)
    account.keys.set(check.key.id, check.key)
  }
  account.available -= amount
  account.held += amount
  const hold: PendingHold = {
    id,
    account: account.id,
    asked: amount,
    amount,
    key: check?.key,
    windows: check?.windows,
    limits: request.key,
    expiresAt: now + ttlMs,
    takenAt: now,
  }
  account.holds.set(id, hold)
  context.store.pending(hold)
  return { ok: true, replay: false, expiresAt: hold.expiresAt, available: account.available }
}

function keyCheck(
  account: AccountState,
  { key: limits, amount }: HoldRequest,
  now: number,
): KeyCheck | undefined {
  if (!limits) return undefined
  const key = account.keys.get(limits.id) ?? emptyKey(limits.id)
  return { key, limits, amount, windows: windowsAt(now), now }
}

/** The first outcome, as long as the hold has not grown since and the parameters are the same. */
function repeat(account: AccountState, hold: PendingHold, request: HoldRequest): HoldResult {
  if (!isSameHold(hold, request)) return refused(account, 'id_conflict')
  return { ok: true, replay: true, expiresAt: hold.expiresAt, available: account.available }
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
  if (row.holdAmount !== request.amount || row.key !== request.key?.id) return refused(account, 'id_conflict')
  return { ok: true, replay: true, expiresAt: row.at, available: account.available }
}

/** Adds to a pending hold under the checks on money, or renews it; refused, it stays as it was. */
export function extendHold(
  context: EngineContext,
  account: AccountState,
  { id, addAmount = 0n, ttlMs }: ExtendRequest & { readonly id: string },
): HoldResult {
  assertNano(addAmount, 'addAmount')
  const now = context.now()
  const hold = account.holds.get(id)
  if (!hold || hold.expiresAt <= now) return refused(account, 'not_pending')
  if (account.available < addAmount) return refused(account, 'insufficient')
  const { key, limits, windows } = hold
  if (key && limits && windows) {
    const limited = checkSpend({ key, limits, amount: addAmount, windows: windowsAt(now) })
    if (limited) return refused(account, limited.reason)
    moveInWindows(key, windows, { held: addAmount, spent: 0n })
  }
  account.available -= addAmount
  account.held += addAmount
  hold.amount += addAmount
  if (ttlMs !== undefined) renew(account, hold, now + ttlMs)
  context.store.pending(hold)
  return { ok: true, replay: false, expiresAt: hold.expiresAt, available: account.available }
}

/** To the end of the line: what expires first stays in front. */
function renew(account: AccountState, hold: PendingHold, expiresAt: number): void {
  hold.expiresAt = expiresAt
  account.holds.delete(hold.id)
  account.holds.set(hold.id, hold)
}
