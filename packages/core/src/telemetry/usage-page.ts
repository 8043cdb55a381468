import type { CreditDriver } from '../credits/driver.ts'
import { isBefore } from '../credits/first-since.ts'
import { newestFirst } from '../credits/newest-first.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { callMetaOf } from './call-meta.ts'
import { readUsageEvents } from './read-usage-events.ts'
import type { UsageEvent } from './usage-event.ts'
import { matchesAttempt, matchesCall, type UsageQuery } from './usage-query.ts'

/** Which events, of whom, and how many. */
export interface UsagePageQuery extends UsageQuery {
  readonly account: string
  /** 1 to 100. @default 50 */
  readonly limit?: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string
}

/** Some events, the newest first. */
export interface UsagePage {
  readonly events: readonly UsageEvent[]
  /** Asks for what is older; undefined where there is nothing. */
  readonly nextCursor: string | undefined
}

/** An event by its place: the number of its call's row, and which of its attempts. */
interface Place {
  readonly seq: number
  readonly attempt: number
}

const mostEvents = 100
const first: Place = { seq: Number.POSITIVE_INFINITY, attempt: 0 }

type Source = Pick<CreditDriver, 'balance' | 'ledger'>

/**
 * A page of an account's events. The ledger is read from its end, and no further than the page goes.
 *
 * @throws GatewayError `invalid_request` that names `limit` or `cursor`.
 */
export async function readUsagePage(source: Source, query: UsagePageQuery): Promise<UsagePage> {
  const limit = parseLimit(query.limit)
  const events: UsageEvent[] = []
  let last: Place | undefined
  for await (const [event, place] of eventsBefore(source, query)) {
    if (events.length === limit) return { events, nextCursor: last && renderCursor(last) }
    events.push(event)
    last = place
  }
  return { events, nextCursor: undefined }
}

/** Events of wanted calls, with their places, behind that of the cursor. */
async function* eventsBefore(source: Source, query: UsagePageQuery): AsyncGenerator<[UsageEvent, Place]> {
  const { account, from = 0, cursor } = query
  const begin = cursor === undefined ? first : parseCursor(cursor)
  const isBehind = ({ seq, attempt }: Place) => seq < begin.seq || attempt < begin.attempt
  for await (const row of newestFirst(source, account, begin.seq)) {
    if (isBefore(row, from)) return
    const meta = callMetaOf(row.meta)
    if (!meta || !matchesCall(meta, query)) continue
    for (const event of readUsageEvents(row).reverse()) {
      const place = { seq: row.seq, attempt: event.attemptNumber }
      if (isBehind(place) && isWanted(event, query)) yield [event, place]
    }
  }
}

/** Of a call with retries, the final attempt is meant unless all are asked for. */
export function isWanted(event: UsageEvent, query: UsageQuery): boolean {
  return (event.isFinalAttempt || query.includeRetries === true) && matchesAttempt(event, query)
}

function parseLimit(limit = 50): number {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= mostEvents) return limit
  throw invalid('limit', `must be a whole number from 1 to ${mostEvents}`)
}

const renderCursor = ({ seq, attempt }: Place): string => `${seq}.${attempt}`

function parseCursor(cursor: string): Place {
  const [, seq, attempt] = /^([1-9]\d{0,14})\.([1-9]\d{0,5})$/.exec(cursor) ?? []
  if (seq === undefined) throw invalid('cursor', 'must be the cursor that a page ended with')
  return { seq: Number(seq), attempt: Number(attempt) }
}

function invalid(name: string, rule: string): GatewayError {
  return new GatewayError({ code: 'invalid_request', message: `"${name}" ${rule}.`, param: name })
}
