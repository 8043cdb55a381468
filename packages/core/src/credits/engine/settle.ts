import { maxNano, minNano, type Nano } from '../../billing/money.ts'
import type { SettleRequest, SettleResult } from '../driver.ts'
import type { AccountState, EngineRow, PendingHold } from './account-state.ts'
import { appendRow, type RowContent } from './append-row.ts'
import type { EngineContext } from './engine.ts'
import { consumeGrants } from './expiring-grants.ts'
import { uncountHold } from './limit-usage.ts'
import { outcomeOf } from './results.ts'
import { spendNow, windowsAt } from './spend-windows.ts'

/** Charges a hold once; a repeat gets the first outcome. */
export function settleHold(
  context: EngineContext,
  account: AccountState,
  request: SettleRequest,
): SettleResult {
  const hold = account.holds.get(request.id)
  if (hold && hold.expiresAt > context.now()) return charge(context, account, { request, hold })
  if (hold) expireHold(context, account, hold)
  const row = context.store.findRow(account.id, request.id, 'call')
  if (!row) return { state: 'unknown' }
  return outcomeOf(row, true) ?? chargeLate(context, account, { request, expired: row })
}

interface Charging {
  readonly request: SettleRequest
  readonly hold: PendingHold
}

function charge(context: EngineContext, account: AccountState, { request, hold }: Charging): SettleResult {
  const { id, modelCost, fee, overrun = 'extend', meta } = request
  const cost = modelCost + fee
  endHold(context, account, hold)
  // The rest of the hold is given back first, so that the charge is one subtraction from what is there.
  account.held -= hold.amount
  account.available += hold.amount
  const limit = overrun === 'extend' ? account.available : hold.amount
  const charged = spend(account, minNano(cost, limit))
  uncountHold(hold, charged)
  const { asked } = hold
  const { key, otherLimits } = idsOf(hold)
  const shortfall = cost - charged
  const amounts = { amount: charged, modelCost, fee, shortfall, asked }
  const row = appendRow(context, account, { op: 'settle', ref: id, ...amounts, key, otherLimits, meta })
  return outcomeOf(row, false) as SettleResult
}

interface LateCharging {
  readonly request: SettleRequest
  readonly expired: EngineRow
}

/** The answer was delivered although its hold had expired: the cost is real, as far as there is money. */
function chargeLate(
  context: EngineContext,
  account: AccountState,
  { request, expired }: LateCharging,
): SettleResult {
  const { id, modelCost, fee, meta } = request
  const { key, otherLimits, asked } = expired
  const cost = modelCost + fee
  const charged = spend(account, minNano(cost, account.available))
  for (const counted of key === undefined ? [] : [key, ...(otherLimits ?? [])]) {
    const usage = account.usages.get(counted)
    if (usage) spendNow(usage, windowsAt(context.now()), charged)
  }
  const amounts = { amount: charged, modelCost, fee, shortfall: cost - charged, asked }
  const ids = { key, otherLimits }
  const row = appendRow(context, account, { op: 'settle_late', ref: id, ...amounts, ...ids, meta })
  return outcomeOf(row, false) as SettleResult
}

function spend(account: AccountState, wanted: Nano): Nano {
  const room = maxNano - account.spent
  const charged = minNano(wanted, room)
  account.available -= charged
  account.spent += charged
  consumeGrants(account, charged)
  return charged
}

/** Gives a hold back once; a repeat, or a release after a settlement, gets the first outcome. */
export function releaseHold(context: EngineContext, account: AccountState, id: string): SettleResult {
  const hold = account.holds.get(id)
  if (!hold) {
    const row = context.store.findRow(account.id, id, 'call')
    if (!row) return { state: 'unknown' }
    return (
      outcomeOf(row, true) ?? { state: 'released', replay: true, charged: 0n, shortfall: 0n, seq: row.seq }
    )
  }
  return outcomeOf(giveBack(context, account, { hold, op: 'release' }), false) as SettleResult
}

/** Gives an expired hold back. Its call may still be settled, once. */
export function expireHold(context: EngineContext, account: AccountState, hold: PendingHold): void {
  giveBack(context, account, { hold, op: 'expire' })
}

function giveBack(
  context: EngineContext,
  account: AccountState,
  { hold, op }: { readonly hold: PendingHold; readonly op: 'release' | 'expire' },
) {
  endHold(context, account, hold)
  account.held -= hold.amount
  account.available += hold.amount
  uncountHold(hold, 0n)
  const { id: ref, amount, asked } = hold
  return appendRow(context, account, { op, ref, amount, asked, ...idsOf(hold) })
}

const noIds = {}

/** As rows name the sets of limits of a hold. */
function idsOf({ limits }: PendingHold): Pick<RowContent, 'key' | 'otherLimits'> {
  if (limits.length === 0) return noIds
  const key = limits[0]?.id
  return limits.length === 1 ? { key } : { key, otherLimits: limits.slice(1).map(({ id }) => id) }
}

function endHold({ store }: EngineContext, account: AccountState, hold: PendingHold): void {
  account.holds.delete(hold.id)
  store.ended(hold)
}
