import { parseUsd } from '../../billing/money.ts'
import type { KeyLimits } from '../../credits/driver.ts'
import type { PolicyLimits } from '../policy.ts'
import type { LimitName, LimitSet } from '../principal.ts'
import { spendLimits } from './limits-input.ts'

/** Limits, and who set them. */
export interface Limiter {
  readonly owner: string
  readonly limits: PolicyLimits | undefined
}

interface Tightest<Amount> {
  readonly amount: Amount
  readonly owner: string
}

type SpendWindow = NonNullable<KeyLimits['spendWindow']>

const rates = ['rpm', 'tpm', 'concurrency'] as const
const windows: readonly SpendWindow[] = ['day', 'week', 'month', 'lifetime']

/**
 * What several owners limit on one set of counters: of each limit the tightest. A set has one window of spending, so
 * each further one is a set of its own, under the same id.
 *
 * @param id Of the counters.
 * @param limiters The first of them owns the counters.
 */
export function limitSetsOf(id: string, limiters: readonly Limiter[]): readonly LimitSet[] {
  const [first] = limiters
  if (!first) return []
  const { owner } = first
  const found = rates.flatMap((name) => {
    const tightest = leastOf(limiters, ({ [name]: amount }) => amount)
    return tightest ? [[name, tightest] as const] : []
  })
  const spends = windows.flatMap((window) => {
    const tightest = leastOf(limiters, (limits) => spendIn(limits, window))
    return tightest ? [[window, tightest] as const] : []
  })
  if (found.length === 0 && spends.length === 0) return []
  const [spend, ...others] = spends
  const rateLimits = Object.fromEntries(found.map(([name, { amount }]) => [name, amount]))
  const set = { id, owner, ...rateLimits, ...(spend && spendOf(spend)) }
  return [
    Object.freeze({ ...set, ...ownersOf(owner, [...found, ...(spend ? [spend] : [])]) }),
    ...others.map((each) => Object.freeze({ id, owner, ...spendOf(each), ...ownersOf(owner, [each]) })),
  ]
}

/** The least of a limit that counts nothing, such as `maxInputTokens`. */
export function leastOf<Amount extends number | bigint>(
  limiters: readonly Limiter[],
  read: (limits: PolicyLimits) => Amount | undefined,
): Tightest<Amount> | undefined {
  let least: Tightest<Amount> | undefined
  for (const { owner, limits } of limiters) {
    const amount = limits && read(limits)
    if (amount !== undefined && (!least || amount < least.amount)) least = { amount, owner }
  }
  return least
}

function spendIn(limits: PolicyLimits, window: SpendWindow): bigint | undefined {
  const found = spendLimits(limits).find((each) => (each.window ?? 'lifetime') === window)
  return found && parseUsd(found.limit, 'limits.spend.limit')
}

type Spend = readonly [window: SpendWindow, limit: Tightest<bigint>]

function spendOf([spendWindow, { amount }]: Spend) {
  return { spendLimit: amount, spendWindow }
}

type Found = readonly [name: LimitName, limit: { readonly owner: string }]

function ownersOf(owner: string, found: readonly Found[]): Pick<LimitSet, 'owners'> {
  const others = found.filter(([, limit]) => limit.owner !== owner)
  if (others.length === 0) return {}
  return { owners: Object.freeze(Object.fromEntries(others.map(([name, limit]) => [name, limit.owner]))) }
}
