import { countInputTokens, countOutputTokens } from '../../billing/buckets.ts'
import { computeCharge } from '../../billing/charge.ts'
import type { RateRow } from '../../billing/price.ts'
import { selectPrice } from '../../billing/select-price.ts'
import type { Buckets } from '../../billing/usage.ts'
import type { Target } from '../authorize.ts'
import type { HoldPlan } from '../hold-plan.ts'
import type { CallServices } from '../services.ts'
import type { PassThroughEndpoint } from './endpoints.ts'
import type { PassedRequest } from './meters/meter.ts'

export interface Planned {
  readonly endpoint: PassThroughEndpoint
  readonly target: Target
  readonly request: PassedRequest
  readonly at: number
}

/**
 * What a call may cost at most, all of which is reserved: nothing of it can be watched while it happens.
 *
 * @throws GatewayError `model_not_priced`, or what its meter refuses.
 */
export function planPassed({ fee }: CallServices, planned: Planned): HoldPlan {
  const { endpoint, target, request, at } = planned
  if (target.credential.kind === 'managed') endpoint.meter?.assertMetered?.(request)
  const buckets = endpoint.meter?.bound(request, rowOf(target, at)) ?? {}
  const { total } = computeCharge({
    prices: target.resolution.entry?.prices ?? [],
    usage: { buckets, source: 'estimated' },
    fee,
    credential: target.credential.kind,
    at,
  })
  return { ...watchedByNobody, amount: total, minimum: total, tokens: tokensOf(buckets), bound: () => total }
}

const watchedByNobody = {
  share: undefined,
  outputTokens: 0,
  mostTokens: 0,
  isWatched: false,
  policyLimit: undefined,
} as const

function tokensOf(buckets: Buckets): number {
  return countInputTokens(buckets) + countOutputTokens(buckets)
}

/** What a model has prices for: that tells what it bills by. */
export function rowOf({ resolution }: Target, at: number): RateRow {
  const { entry } = resolution
  return entry ? selectPrice(entry.prices, { at, totalInput: 0, tier: undefined, speed: undefined }).row : {}
}
