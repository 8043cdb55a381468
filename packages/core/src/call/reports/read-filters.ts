import type { UsageQuery } from '../../telemetry/usage-query.ts'
import { choiceAt, momentAt, switchAt } from './query-members.ts'

const statuses = ['succeeded', 'failed', 'aborted', 'cut'] as const

/** Which members of a query restrict a report to some calls, beside those that are texts. */
const texts = { model: 'model', provider: 'provider', tag: 'tag', access_key: 'accessKeyId' } as const

/** @throws GatewayError `invalid_request` that names the member at fault. */
export function readFilters(query: URLSearchParams): Omit<UsageQuery, 'account'> {
  const named = Object.entries(texts).flatMap(([name, member]) => {
    const value = query.get(name)
    return value === null ? [] : [[member, value] as const]
  })
  const [from, to] = [momentAt(query, 'from'), momentAt(query, 'to')]
  const status = choiceAt(query, 'status', statuses)
  return {
    ...Object.fromEntries(named),
    ...(status !== undefined && { status }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    includeRetries: switchAt(query, 'include_retries'),
  }
}
