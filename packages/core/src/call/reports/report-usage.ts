import { type UsageGroup, usageGroups } from '../../telemetry/usage-summary.ts'
import { choicesAt, momentAt, wholeAt } from './query-members.ts'
import { readFilters } from './read-filters.ts'
import type { ReportRequest, ReportServices } from './serve-report.ts'

/** What a summary looks at unless it is told from when on: reading a whole ledger is nobody's default. */
const summarizedMs = 30 * 86_400_000

/**
 * Calls of the account, the newest first, a page at a time; with `group_by`, their sums. A key sees what every key of
 * its account has used.
 *
 * @throws GatewayError `invalid_request` that names the member of the query at fault.
 */
export async function reportUsage({ usage }: ReportServices, { account, query }: ReportRequest) {
  const filters = { ...readFilters(query), account }
  const groupBy = choicesAt<UsageGroup>(query, 'group_by', usageGroups)
  if (groupBy) {
    const from = momentAt(query, 'from') ?? Date.now() - summarizedMs
    return {
      object: 'list',
      from: new Date(from).toISOString(),
      data: await usage.summary({ ...filters, from, groupBy }),
    }
  }
  const limit = wholeAt(query, 'limit')
  const cursor = query.get('cursor')
  const { events, nextCursor } = await usage.page({
    ...filters,
    ...(limit !== undefined && { limit }),
    ...(cursor !== null && { cursor }),
  })
  return { object: 'list', data: events, has_more: nextCursor !== undefined, next_cursor: nextCursor ?? null }
}
