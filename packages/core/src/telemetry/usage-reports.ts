import type { CreditDriver, LedgerEntry } from '../credits/driver.ts'
import { findCall } from '../credits/find-call.ts'
import { firstSince } from '../credits/first-since.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { type CallMeta, callMetaOf } from './call-meta.ts'
import { readUsageEvents } from './read-usage-events.ts'
import type { UsageEvent } from './usage-event.ts'
import type { UsageFeed, UsageStreamOptions } from './usage-feed.ts'
import { isWanted, readUsagePage, type UsagePage, type UsagePageQuery } from './usage-page.ts'
import { matchesAttempt, matchesCall, type UsageQuery } from './usage-query.ts'
import { createUsageSums, type UsageGroup, type UsageSummaryRow, usageGroups } from './usage-summary.ts'

/** Which calls to sum up, and by what. */
export interface UsageSummaryQuery extends UsageQuery {
  /** One row for each combination that occurs. @default ['model'] */
  readonly groupBy?: readonly UsageGroup[]
}

/** What was called and what it cost, read from the ledger. */
export interface UsageReports {
  /** By account and then in the order of settlement; the final attempt of each call, or all of them. */
  events(query?: UsageQuery): AsyncIterable<UsageEvent>
  /** Sums by group. Counts are of calls, not of attempts. */
  summary(query?: UsageSummaryQuery): Promise<readonly UsageSummaryRow[]>
  /** The newest first, a page at a time: what comes meanwhile moves nothing. */
  page(query: UsagePageQuery): Promise<UsagePage>
  /** All attempts of one call, in their order; none where the account has no such call, or it has not ended. */
  find(account: string, requestId: string): Promise<readonly UsageEvent[]>
  /**
   * Events of every call that this process settles from now on. A reader that is too slow gets what was kept for it
   * and then an error that says how many it missed.
   */
  stream(options?: UsageStreamOptions): AsyncIterableIterator<UsageEvent, undefined>
}

type Source = Pick<CreditDriver, 'accounts' | 'ledger' | 'balance' | 'find'>

/** @example const rows = await createUsageReports(driver, feed).summary({ account: 'acme', groupBy: ['day'] }) */
export function createUsageReports(credits: Source, feed: Pick<UsageFeed, 'stream'>): UsageReports {
  async function* calls(query: UsageQuery): AsyncGenerator<[LedgerEntry, CallMeta]> {
    const { account, from = 0 } = query
    for await (const name of account === undefined ? credits.accounts() : [account]) {
      for await (const row of credits.ledger(name, await firstSince(credits, name, from))) {
        const meta = callMetaOf(row.meta)
        if (meta && matchesCall(meta, query)) yield [row, meta]
      }
    }
  }
  return {
    async *events(query = {}) {
      for await (const [row] of calls(query))
        yield* readUsageEvents(row).filter((event) => isWanted(event, query))
    },
    async summary(query = {}) {
      const sums = createUsageSums(checkGroups(query.groupBy ?? ['model']))
      for await (const [row, meta] of calls(query)) if (matchesAttempt(meta, query)) sums.add(row, meta)
      return sums.rows()
    },
    page: (query) => readUsagePage(credits, query),
    async find(account, requestId) {
      const row = await findCall(credits, account, requestId)
      return row ? readUsageEvents(row) : []
    },
    stream: feed.stream,
  }
}

function checkGroups(groups: readonly UsageGroup[]): readonly UsageGroup[] {
  const isKnown = groups.every((group) => usageGroups.includes(group))
  if (isKnown && groups.length > 0) return [...new Set(groups)]
  const message = `"groupBy" must be some of: ${usageGroups.join(', ')}.`
  throw new GatewayError({ code: 'invalid_request', message, param: 'groupBy' })
}
