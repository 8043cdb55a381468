import type { LimitSet } from '../access/principal.ts'
import { formatUsd, type Nano } from '../billing/money.ts'
import type { HoldResult, KeyLimits } from '../credits/driver.ts'
import { isRefusal } from '../credits/is-refusal.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { ResolvedCall } from './call.ts'
import type { HoldPlan } from './hold-plan.ts'
import type { CallServices } from './services.ts'

/** How soon a client may try again for credits or a place that calls under way hold. */
const heldRetryMs = 1000

/**
 * Reserves what was planned, or what there is of it, together with the key's limits, in one atomic step of the
 * store. At once where the store answers at once.
 *
 * @returns Nano-dollars reserved.
 * @throws GatewayError 402, 429 or `store_unavailable`, or rejects with it; what may be held then comes back.
 */
export function takeHold(services: CallServices, call: ResolvedCall, plan: HoldPlan): Nano | Promise<Nano> {
  const { id, principal } = call
  const [limits] = principal.limits
  const { amount, minimum, share, tokens } = plan
  const result = services.credits.hold({
    id,
    account: principal.account,
    amount,
    minimum,
    ttlMs: services.settings.holdTtl,
    ...(share && { share }),
    ...(limits && { key: withTokens(limits, tokens) }),
  })
  const admit = (held: HoldResult): Nano => {
    if (!held.ok) throw holdRefusal(held, minimum, principal.limits)
    return held.amount
  }
  const abandon = (error: unknown): never => {
    if (isRefusal(error)) throw refusedByStore(error)
    services.abandonedHolds.add(id, principal.account)
    throw error
  }
  return result instanceof Promise ? result.catch(abandon).then(admit) : admit(result)
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
  const { amount, minimum } = plan
  const admit = (result: HoldResult): Nano => {
    if (result.ok) return result.amount
    if (result.reason === 'not_pending') throw holdGone()
    // What this call holds itself does not come back to it.
    throw holdRefusal({ ...result, held: result.held - held }, minimum - held, principal.limits)
  }
  const extended = services.credits.extend(id, principal.account, { toAmount: amount, minimum })
  return extended instanceof Promise ? extended.then(admit) : admit(extended)
}

/** Its credits were given back while its store was away. */
export function holdGone(): GatewayError {
  const message =
    'The credits of this call were given back before it ended, because its store was away too long.'
  return new GatewayError({ code: 'store_unavailable', message })
}

function withTokens({ owner: _, ...limits }: LimitSet, estTokens: number): KeyLimits {
  return { ...limits, estTokens }
}

/** Nothing is held, and nothing that a hold says comes from the client. */
function refusedByStore(cause: unknown): GatewayError {
  return new GatewayError({ code: 'internal', message: 'The hold was refused.', cause })
}

type Refused = Extract<HoldResult, { ok: false }>

/** Why credits were not reserved, for the client.
 *
 * @param needed What was asked for at least, in nano-dollars.
 */
export function holdRefusal(result: Refused, needed: Nano, sets: readonly LimitSet[]): GatewayError {
  const [limits] = sets
  const { reason, retryAfterMs = heldRetryMs } = result
  if (reason === 'insufficient') return insufficient(result, needed)
  if (reason === 'spend_limit') {
    const limit = formatUsd(limits?.spendLimit ?? 0n)
    const message = `The access key has reached its limit of $${limit} per ${limits?.spendWindow ?? 'lifetime'}.`
    return new GatewayError({ code: 'budget_exceeded', message })
  }
  if (reason === 'rpm' || reason === 'tpm' || reason === 'concurrency') {
    const message = `Rate limit exceeded: ${reason} of the access key is ${limits?.[reason]}.`
    return new GatewayError({ code: 'rate_limited', message, retryAfterMs })
  }
  return new GatewayError({ code: 'internal', message: `The hold was refused: ${reason}.` })
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
