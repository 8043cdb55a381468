import { formatUsd, parseUsd } from '../billing/money.ts'
import type { CreditDriver } from '../credits/driver.ts'
import { readUsageEvent } from './read-usage-event.ts'
import type { UsageEvent } from './usage-event.ts'

/** Which calls a report is about. */
export interface UsageQuery {
  /** @default every account */
  readonly account?: string
  /** When the call began, milliseconds since the epoch, inclusive. */
  readonly from?: number
  /** Exclusive. */
  readonly to?: number
}

/** What one model was used for and what it cost. */
export interface UsageSummaryRow {
  /** `provider:model`. */
  readonly model: string
  readonly calls: number
  /** Tokens of every kind by bucket. */
  readonly usage: UsageEvent['usage']
  /** US dollars as decimal text. */
  readonly modelCost: string
  readonly fee: string
  readonly charged: string
}

/** What was called and what it cost, read from the ledger. */
export interface UsageReports {
  /** One event for every settled call, by account and then in the order of settlement. */
  events(query?: UsageQuery): AsyncIterable<UsageEvent>
  /** Sums by model, the dearest first. */
  summary(query?: UsageQuery): Promise<readonly UsageSummaryRow[]>
}

/** @example const rows = await createUsageReports(driver).summary({ account: 'acme' }) */
export function createUsageReports(credits: Pick<CreditDriver, 'accounts' | 'ledger'>): UsageReports {
  async function* events({ account, from = 0, to = Number.POSITIVE_INFINITY }: UsageQuery = {}) {
    for await (const name of account === undefined ? credits.accounts() : [account]) {
      for await (const row of credits.ledger(name)) {
        const event = readUsageEvent(row)
        if (event && event.startedAt >= from && event.startedAt < to) yield event
      }
    }
  }
  return {
    events,
    async summary(query) {
      const sums = new Map<string, Sum>()
      for await (const event of events(query)) {
        const model = `${event.provider}:${event.model}`
        sums.set(model, add(sums.get(model), event))
      }
      const sorted = [...sums].sort(([, left], [, right]) => (left.charged < right.charged ? 1 : -1))
      return sorted.map(([model, sum]) => render(model, sum))
    },
  }
}

interface Sum {
  readonly calls: number
  readonly usage: Record<string, number>
  readonly modelCost: bigint
  readonly fee: bigint
  readonly charged: bigint
}

const nothing: Sum = { calls: 0, usage: {}, modelCost: 0n, fee: 0n, charged: 0n }

function add(sum: Sum = nothing, event: UsageEvent): Sum {
  const usage = { ...sum.usage }
  for (const [bucket, count] of Object.entries(event.usage)) usage[bucket] = (usage[bucket] ?? 0) + count
  return {
    calls: sum.calls + 1,
    usage,
    modelCost: sum.modelCost + parseUsd(event.modelCost, 'modelCost'),
    fee: sum.fee + parseUsd(event.fee, 'fee'),
    charged: sum.charged + parseUsd(event.charged, 'charged'),
  }
}

function render(model: string, { calls, usage, modelCost, fee, charged }: Sum): UsageSummaryRow {
  return {
    model,
    calls,
    usage,
    modelCost: formatUsd(modelCost),
    fee: formatUsd(fee),
    charged: formatUsd(charged),
  }
}
