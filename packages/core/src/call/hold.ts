import type { LimitName, LimitSet } from '../access/principal.ts'
import { formatUsd, type Nano } from '../billing/money.ts'
import type { HoldResult, SpendWindow } from '../credits/driver.ts'
import { isRefusal } from '../credits/is-refusal.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { ResolvedCall } from './call.ts'
import type { HoldPlan } from './hold-plan.ts'
import type { CallServices } from './services.ts'

/** How soon a client may try again for credits or a place that calls under way hold. */
const heldRetryMs = 1000

/**
 * Reserves what was planned, or what there is of it, together with all limits of the call, in one atomic step of the
 * store. At once where the store answers at once.
 *
 * @returns Nano-dollars reserved.
 * @throws GatewayError 402, 429 or `store_unavailable`, or rejects with it; what may be held then comes back.
 */
export function takeHold(services: CallServices, call: ResolvedCall, plan: HoldPlan): Nano | Promise<Nano> {
  const { id, principal } = call
  const { amount, minimum, share, tokens } = plan
  const plain = { id, account: principal.account, amount, minimum, ttlMs: services.settings.holdTtl }
  const shared = share ? { ...plain, share } : plain
  const { limits } = principal
  const result = services.credits.hold(limits.length > 0 ? { ...shared, limits, tokens } : shared)
  if (!(result instanceof Promise)) return granted(result, minimum, limits)
  const abandon = (error: unknown): never => {
    if (isRefusal(error)) throw refusedByStore(error)
    services.abandonedHolds.add(id, principal.account)
    throw error
  }
  return result.catch(abandon).then((held) => granted(held, minimum, limits))
}

function granted(held: HoldResult, minimum: Nano, sets: readonly LimitSet[]): Nano {
  if (!held.ok) throw holdRefusal(held, minimum, sets)
  return held.amount
}

/** What a call needs now, and what it holds already. */
export interface Reservation {
  readonly plan: HoldPlan
  /** Nano-dollars; undefined before its first attempt. */
  readonly held: Nano | undefined
}

/**
 * Reserves what the next attempt needs: a hold at first, and more of it where a later attempt may cost more.
 *
 * @returns Nano-dollars reserved.
 * @throws as `takeHold` does; what was held before stays.
 */
export function reserve(
  services: CallServices,
  call: ResolvedCall,
  { plan, held }: Reservation,
): Nano | Promise<Nano> {
  if (held === undefined) return takeHold(services, call, plan)
  if (held >= plan.amount) return held
  const { id, principal } = call
  const { amount, minimum } = sharedAmount(plan, held)
  const admit = (result: HoldResult): Nano => {
    if (result.ok) return result.amount
    if (result.reason === 'not_pending') throw holdGone()
    // What this call holds itself does not come back to it.
    throw holdRefusal({ ...result, held: result.held - held }, minimum - held, principal.limits)
  }
  const extended = services.credits.extend(id, principal.account, { toAmount: amount, minimum })
  return extended instanceof Promise ? extended.then(admit) : admit(extended)
}

/** What cannot be watched takes its fair share again, and no more because it is tried once more. */
function sharedAmount(
  { amount, minimum, share }: HoldPlan,
  held: Nano,
): Pick<HoldPlan, 'amount' | 'minimum'> {
  if (!share) return { amount, minimum }
  const fair = share.atLeast > held ? share.atLeast : held
  const wanted = fair < amount ? fair : amount
  return { amount: wanted, minimum: minimum < wanted ? minimum : wanted }
}

/** Its credits were given back while its store was away. */
export function holdGone(): GatewayError {
  const message =
    'The credits of this call were given back before it ended, because its store was away too long.'
  return new GatewayError({ code: 'store_unavailable', message })
}

/** Nothing is held, and nothing that a hold says comes from the client. */
function refusedByStore(cause: unknown): GatewayError {
  return new GatewayError({ code: 'internal', message: 'The hold was refused.', cause })
}

type Refused = Extract<HoldResult, { ok: false }>

/** Why credits were not reserved, for the client.
 *
 * @param needed What was asked for at least, in nano-dollars.
 * @param sets The limits that the hold had to keep.
 */
export function holdRefusal(result: Refused, needed: Nano, sets: readonly LimitSet[]): GatewayError {
  if (result.reason === 'insufficient') return insufficient(result, needed)
  const set = sets.find(({ id }) => id === result.limit?.id)
  const refusal = set && limitRefusal(result, set)
  return refusal ?? new GatewayError({ code: 'internal', message: `The hold was refused: ${result.reason}.` })
}

/** Names the limit and who has it. What is spent comes back with its window; what calls hold, with the calls. */
function limitRefusal({ reason, limit, retryAfterMs }: Refused, set: LimitSet): GatewayError | undefined {
  const wait = retryAfterMs !== undefined && { retryAfterMs }
  if (reason === 'rpm' || reason === 'tpm' || reason === 'concurrency') {
    const message = `Rate limit exceeded: ${reason} of ${ownerOf(set, reason)} is ${set[reason]}.`
    // Of these limits, the one that a shorter request may keep.
    const param = reason === 'tpm' && { param: reason }
    return new GatewayError({ code: 'rate_limited', message, ...param, ...wait })
  }
  const { window = 'lifetime' } = limit ?? {}
  const owner = ownerOf(set, window)
  const budget = nameBudget(set.spend?.[window] ?? 0n, window)
  if (reason === 'spend_limit') {
    const message = `${capitalized(owner)} has reached its ${budget}.`
    return new GatewayError({ code: 'budget_exceeded', message, ...wait })
  }
  if (reason !== 'spend_held') return undefined
  const message = `Calls under way hold what this call needs of the ${budget} of ${owner}.`
  return new GatewayError({ code: 'held_credits', message, ...wait })
}

function ownerOf({ owner, owners }: LimitSet, name: LimitName): string {
  return owners?.[name] ?? owner
}

function nameBudget(limit: Nano, window: SpendWindow): string {
  const dollars = formatUsd(limit).replace(/(\.\d\d\d*?)0+$/, '$1')
  return window === 'lifetime' ? `lifetime limit of $${dollars}` : `limit of $${dollars} per ${window}`
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Credits that other calls hold come back; credits that are spent do not. */
function insufficient({ available, held }: Pick<Refused, 'available' | 'held'>, needed: Nano): GatewayError {
  const [balance, taken] = [formatUsd(available + held), formatUsd(held)]
  const sums = `This call needs $${formatUsd(needed)}. The balance is $${balance}, of which calls under way hold $${taken}.`
  if (available + held < needed) {
    return new GatewayError({ code: 'insufficient_credits', message: `Insufficient credits. ${sums}` })
  }
  return new GatewayError({ code: 'held_credits', message: sums, retryAfterMs: heldRetryMs })
}
