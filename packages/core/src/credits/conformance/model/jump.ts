import type { Draw } from './draw.ts'
import type { Sequence } from './sequence.ts'

const second = 1000
const minute = 60 * second
const day = 1440 * minute

/** How long until close before, exactly at, or close behind the next border or the next end of something. */
export function jumpClock({ clock: { now }, expiries }: Sequence, { way, part, amount }: Draw): number {
  const ending = way % 2 === 0 ? nextOf(expiries, now) : undefined
  if (ending !== undefined) return Math.max(1, ending - (part % 2) - now)
  const offset = [-amount * 100, 0, part][part % 3] ?? 0
  return Math.max(1, nextBorder(now, way) + offset - now)
}

function nextOf(moments: Iterable<number>, now: number): number | undefined {
  const next = Math.min(...[...moments].filter((moment) => moment > now))
  return Number.isFinite(next) ? next : undefined
}

/** How long until no window of a minute that has begun counts any more: the one before counts in part. */
export function untilRatesAreOver({ clock: { now } }: Sequence): number {
  return 2 * minute - (now % minute)
}

/** Of a minute, a day, a week or a month. */
function nextBorder(now: number, way: number): number {
  const next = (length: number, begin = 0) => (Math.floor((now - begin) / length) + 1) * length + begin
  // The epoch began on a Thursday, three days after a Monday.
  const borders = [next(minute), next(day), next(7 * day, 4 * day), nextMonth(now)]
  return borders[Math.floor(way / 2) % borders.length] ?? next(minute)
}

function nextMonth(now: number): number {
  const date = new Date(now)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
}
