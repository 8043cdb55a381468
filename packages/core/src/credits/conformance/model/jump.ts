import type { Draw } from './draw.ts'

const second = 1000
const minute = 60 * second
const day = 1440 * minute

/** How long until close before, exactly at, or close behind the next end of a minute, day, week or month. */
export function jumpClock(now: number, { way, part, amount }: Draw): number {
  const border = nextBorder(now, way)
  const offset = [-amount * 100, 0, part][part % 3] ?? 0
  return Math.max(1, border + offset - now)
}

function nextBorder(now: number, way: number): number {
  const next = (length: number, begin = 0) => (Math.floor((now - begin) / length) + 1) * length + begin
  // The epoch began on a Thursday, three days after a Monday.
  const borders = [next(minute), next(day), next(7 * day, 4 * day), nextMonth(now)]
  return borders[way % borders.length] ?? next(minute)
}

function nextMonth(now: number): number {
  const date = new Date(now)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
}
