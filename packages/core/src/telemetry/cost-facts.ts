import { formatUsd } from '../billing/money.ts'
import { type CostShare, splitModelCost } from '../billing/split-cost.ts'
import type { CallMeta } from './call-meta.ts'
import type { SettledRow } from './read-usage-events.ts'

const nothing = formatUsd(0n)

/** Of an attempt that cost nothing. */
export const freeFacts = {
  costs: {},
  modelCost: nothing,
  fee: nothing,
  charged: nothing,
  shortfall: nothing,
  held: nothing,
  reserved: nothing,
} as const

/** What a call cost, by part and in all, and what was reserved for it. */
export function costFacts(row: SettledRow, meta: CallMeta) {
  const held = BigInt(meta.held ?? 0)
  return {
    costs: renderCosts(splitModelCost(row.modelCost, meta)),
    modelCost: formatUsd(row.modelCost),
    fee: formatUsd(row.fee),
    charged: formatUsd(row.amount),
    shortfall: formatUsd(row.shortfall),
    held: formatUsd(held),
    reserved: formatUsd(meta.reserved === undefined ? held : BigInt(meta.reserved)),
  }
}

function renderCosts(costs: Partial<Record<CostShare, bigint>>): Partial<Record<CostShare, string>> {
  const shares = Object.entries(costs) as [CostShare, bigint][]
  return Object.fromEntries(shares.map(([share, cost]) => [share, formatUsd(cost)]))
}
