import { countInputTokens, countOutputTokens } from '../billing/buckets.ts'
import { formatUsd, type Nano } from '../billing/money.ts'
import type { BucketName, Buckets } from '../billing/usage.ts'
import type { LedgerEntry } from '../credits/driver.ts'
import type { CallMeta } from './call-meta.ts'
import { bucketStart, type TimeBucket } from './time-buckets.ts'

/** What calls can be summed up by. */
export type UsageGroup = 'account' | 'accessKey' | 'model' | 'provider' | 'tag' | 'configuration' | TimeBucket

export const usageGroups = [
  ...['account', 'accessKey', 'model', 'provider', 'tag', 'configuration'],
  ...['hour', 'day', 'week', 'month'],
] as readonly UsageGroup[]

const timeBuckets: readonly UsageGroup[] = ['hour', 'day', 'week', 'month'] satisfies TimeBucket[]

/** What calls of one group did and cost. It has a member for each name that it is grouped by. */
export interface UsageSummaryRow {
  readonly account?: string
  /** Undefined for calls that the host's own login let in. */
  readonly accessKey?: string | undefined
  /** `provider:model`. */
  readonly model?: string
  readonly provider?: string
  /** A call counts for each of its tags. Undefined for calls that have none. */
  readonly tag?: string | undefined
  readonly configuration?: string | undefined
  /** When the span began, ISO 8601, UTC. */
  readonly hour?: string
  readonly day?: string
  /** Its Monday. */
  readonly week?: string
  readonly month?: string
  /** Calls, whatever number of attempts each took. */
  readonly requests: number
  readonly attempts: number
  /** Calls that failed, or whose stream broke. */
  readonly errors: number
  /** Units by bucket. */
  readonly usage: Readonly<Buckets>
  /** Cached ones included. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** US dollars as decimal text. */
  readonly modelCost: string
  readonly fee: string
  readonly charged: string
}

interface Sum {
  readonly names: Readonly<Record<string, string | undefined>>
  requests: number
  attempts: number
  errors: number
  readonly usage: Buckets
  modelCost: Nano
  fee: Nano
  charged: Nano
}

/** Adds calls up by groups. */
export interface UsageSums {
  add(row: LedgerEntry, meta: CallMeta): void
  /** In the order of time where it is grouped by that, otherwise the dearest first. */
  rows(): UsageSummaryRow[]
}

export function createUsageSums(groupBy: readonly UsageGroup[]): UsageSums {
  const sums = new Map<string, Sum>()
  const sumOf = (names: Sum['names']): Sum => {
    const key = JSON.stringify(groupBy.map((group) => names[group] ?? null))
    const known = sums.get(key)
    if (known) return known
    const sum = { names, requests: 0, attempts: 0, errors: 0, usage: {}, modelCost: 0n, fee: 0n, charged: 0n }
    sums.set(key, sum)
    return sum
  }
  return {
    add(row, meta) {
      for (const tag of groupBy.includes('tag') ? tagsOf(meta) : [undefined]) {
        const names = groupBy.map((group) => [group, group === 'tag' ? tag : nameOf(group, row, meta)])
        addCall(sumOf(Object.fromEntries(names)), row, meta)
      }
    },
    rows: () => [...sums.values()].sort(orderOf(groupBy)).map(render),
  }
}

function tagsOf({ tags = [] }: CallMeta): readonly (string | undefined)[] {
  return tags.length > 0 ? [...new Set(tags)] : [undefined]
}

function nameOf(group: UsageGroup, { account }: LedgerEntry, meta: CallMeta): string | undefined {
  if (group === 'account') return account
  if (group === 'accessKey') return meta.accessKeyId
  if (group === 'model') return `${meta.provider}:${meta.model}`
  if (group === 'provider') return meta.provider
  if (group === 'configuration') return meta.configuration
  return group === 'tag' ? undefined : bucketStart(meta.startedAt, group)
}

function addCall(sum: Sum, { modelCost, fee, amount }: LedgerEntry, meta: CallMeta): void {
  sum.requests += 1
  sum.attempts += meta.attempts?.length || 1
  if (meta.status === 'failed' || meta.status === 'cut') sum.errors += 1
  for (const bucket of Object.keys(meta.usage ?? {}) as BucketName[])
    sum.usage[bucket] = (sum.usage[bucket] ?? 0) + (meta.usage?.[bucket] ?? 0)
  sum.modelCost += modelCost
  sum.fee += fee
  sum.charged += amount
}

function orderOf(groupBy: readonly UsageGroup[]): (left: Sum, right: Sum) => number {
  const time = groupBy.find((group) => timeBuckets.includes(group))
  return (left, right) => {
    const [earlier = '', later = ''] = time ? [left.names[time], right.names[time]] : []
    if (earlier !== later) return earlier < later ? -1 : 1
    if (left.charged !== right.charged) return left.charged < right.charged ? 1 : -1
    return right.requests - left.requests
  }
}

function render({ names, usage, modelCost, fee, charged, ...counts }: Sum): UsageSummaryRow {
  return {
    ...names,
    ...counts,
    usage,
    inputTokens: countInputTokens(usage),
    outputTokens: countOutputTokens(usage),
    modelCost: formatUsd(modelCost),
    fee: formatUsd(fee),
    charged: formatUsd(charged),
  }
}
