import { parseUsd } from '../../billing/money.ts'
import type { SpendWindow } from '../../credits/driver.ts'
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

const rates = ['rpm', 'tpm', 'concurrency'] as const
const windows: readonly SpendWindow[] = ['day', 'week', 'month', 'lifetime']

/**
 * What several owners limit on one set of counters: of each limit the tightest. Undefined where there is none.
 *
 * @param id Of the counters.
 * @param limiters The first of them owns the counters.
 */
export function limitSetOf(id: string, limiters: readonly Limiter[]): LimitSet | undefined {
  const [first] = limiters
  if (!first) return undefined
  const { owner } = first
  const found = rates.flatMap((name) => {
    const tightest = leastOf(limiters, ({ [name]: amount }) => amount)
    return tightest ? [[name, tightest] as const] : []
  })
  const spends = windows.flatMap((window) => {
    const tightest = leastOf(limiters, (limits) => spendIn(limits, window))
    return tightest ? [[window, tightest] as const] : []
  })
  if (found.length === 0 && spends.length === 0) return undefined
  return Object.freeze({
    id,
    owner,
    ...amountsOf(found),
    ...(spends.length > 0 && { spend: Object.freeze(amountsOf(spends)) }),
    ...ownersOf(owner, [...found, ...spends]),
  })
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

function amountsOf<Amount>(found: readonly (readonly [name: string, limit: Tightest<Amount>])[]) {
  return Object.fromEntries(found.map(([name, { amount }]) => [name, amount]))
}

type Found = readonly [name: LimitName, limit: { readonly owner: string }]

function ownersOf(owner: string, found: readonly Found[]): Pick<LimitSet, 'owners'> {
  const others = found.filter(([, limit]) => limit.owner !== owner)
  if (others.length === 0) return {}
  return { owners: Object.freeze(Object.fromEntries(others.map(([name, limit]) => [name, limit.owner]))) }
}
