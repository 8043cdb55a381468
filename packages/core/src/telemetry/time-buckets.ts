/** Spans of time that reports are grouped by. All of UTC; weeks begin on Monday. */
export type TimeBucket = 'hour' | 'day' | 'week' | 'month'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** The first Monday after the epoch, which was a Thursday. */
const firstMonday = 4 * dayMs

const floor = (at: number, span: number, offset = 0) => Math.floor((at - offset) / span) * span + offset

const starts: Readonly<Record<TimeBucket, (at: number) => number>> = {
  hour: (at) => floor(at, hourMs),
  day: (at) => floor(at, dayMs),
  week: (at) => floor(at, 7 * dayMs, firstMonday),
  month(at) {
    const date = new Date(at)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
  },
}

/**
 * When the span began that a moment is in, as ISO 8601.
 *
 * @example
 * bucketStart(Date.UTC(2027, 0, 31, 12), 'week') // '2027-01-25T00:00:00.000Z'
 */
export function bucketStart(at: number, bucket: TimeBucket): string {
  return new Date(starts[bucket](at)).toISOString()
}
