import { minNano, type Nano } from '../../billing/money.ts'
import { callIdTime } from '../call-id.ts'
import type { ExtendRequest, HoldRefusal, HoldRequest, HoldResult, KeyLimits } from '../driver.ts'
import { type AccountState, isSameHold, keepHold, type PendingHold } from './account-state.ts'
import type { EngineContext } from './engine.ts'
import { expireAccount } from './expire.ts'
import { checkKey, emptyKey, type KeyCheck, spendRoom, takeKey } from './key-limits.ts'
import { refused } from './results.ts'
import { moveInWindows, windowsAt } from './spend-windows.ts'

/** Ids older than this are not executed: whatever they named may have been forgotten. */
export const retentionMs = 86_400_000
/** Expired holds of the account that are given back on the way. */
export const expiredOnTheWay = 4

/** Reserves an amount: every check first, and only then every change. */
export function takeHold(context: EngineContext, account: AccountState, request: HoldRequest): HoldResult {
  const { id, ttlMs } = request
  const known = account.holds.get(id)
  if (known) return repeat(account, known, request)
  const now = context.now()
  const refusal = refuseId(context, account, { request, now })
  if (refusal) return refusal
  expireAccount(context, account, { limit: expiredOnTheWay, now })
  const key = request.key && keyCheck(account, request.key, now)
  const limited = key && checkKey(key)
  if (limited) return refused(account, limited.reason, limited.retryAfterMs)
  const granted = grantAmount(account, { ...demandOf(account, request), room: key && spendRoom(key) })
  if (typeof granted === 'string') return refused(account, granted)
  if (key) {
    takeKey(key, granted)
    account.keys.set(key.key.id, key.key)
  }
  account.available -= granted
  account.held += granted
  const hold: PendingHold = {
    id,
    account: account.id,
    asked: request.amount,
    amount: granted,
    key: key?.key,
    windows: key?.windows,
    limits: request.key,
    expiresAt: now + ttlMs,
    takenAt: now,
  }
  keepHold(account, hold)
  context.store.pending(hold)
  return reserved(account, hold)
}

function keyCheck(account: AccountState, limits: KeyLimits, now: number): KeyCheck {
  const key = account.keys.get(limits.id) ?? emptyKey(limits.id)
  return { key, limits, windows: windowsAt(now), now }
}

interface Demand {
  readonly wanted: Nano
  readonly minimum: Nano
}

/** Who can do with less leaves a share for others. */
function demandOf({ available }: AccountState, { amount, minimum = amount, share }: HoldRequest): Demand {
  if (!share) return { wanted: amount, minimum }
  return { wanted: minNano(amount, maxOf(share.atLeast, available / BigInt(share.of))), minimum }
}

function maxOf(left: Nano, right: Nano): Nano {
  return left > right ? left : right
}

interface Claim extends Demand {
  /** What the key may still spend; undefined when it has no limit. */
  readonly room: Nano | undefined
}

/** As much as there is, or why the least that will do is not there. */
function grantAmount({ available }: AccountState, { wanted, minimum, room }: Claim): Nano | HoldRefusal {
  if (available < minimum) return 'insufficient'
  if (room !== undefined && room < minimum) return 'spend_limit'
  const most = room === undefined ? available : minNano(available, room)
  return minNano(maxOf(wanted, minimum), most)
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
  if (row.asked !== request.amount || row.key !== request.key?.id) return refused(account, 'id_conflict')
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
  const { key, limits, windows, amount } = hold
  if (toAmount > amount) {
    const room = key && limits && spendRoom({ key, limits, windows: windowsAt(now) })
    const demand = { wanted: toAmount - amount, minimum: maxOf(minimum - amount, 0n) }
    const granted = grantAmount(account, { ...demand, room })
    if (typeof granted === 'string') return refused(account, granted)
    if (key && windows) moveInWindows(key, windows, { held: granted, spent: 0n })
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
