import type { CountReader, Fields } from './counts.ts'
import { readProviderCost } from './meters/provider-cost.ts'
import type { Usage, UsageQuirks } from './usage.ts'

/** Where a usage object came from. */
export interface UsageOrigin {
  readonly usage: Fields
  readonly quirks: UsageQuirks
  readonly counts: CountReader
}

/** Members of a usage as they were found; undefined ones are left out of the result. */
export type FoundUsage = { readonly [Name in keyof Usage]?: Usage[Name] | undefined } & Pick<Usage, 'buckets'>

/** Finishes what a provider reported: adds the provider's own charge and what did not add up. */
export function reportUsage(found: FoundUsage, { usage, quirks, counts }: UsageOrigin): Usage {
  const providerCost = quirks.reportsCost ? readProviderCost(usage) : undefined
  const buckets = providerCost === undefined ? found.buckets : { ...found.buckets, provider_cost: 1 }
  const anomalies = counts.anomalies()
  return {
    ...presentMembers(found),
    buckets,
    ...(providerCost !== undefined && { providerCost }),
    ...(anomalies && { anomalies }),
  }
}

/** In a loop, because this is in the way of every answer. */
function presentMembers(found: FoundUsage): Omit<Usage, 'buckets'> {
  const present: Record<string, unknown> = { source: 'provider' }
  for (const name in found) {
    const value = found[name as keyof FoundUsage]
    if (value !== undefined) present[name] = value
  }
  return present as unknown as Omit<Usage, 'buckets'>
}
