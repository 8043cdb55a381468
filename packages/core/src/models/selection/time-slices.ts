/** A row of equal spans of time that moves along: values of spans that are over make room for new ones. */
export interface TimeSlices<Slice> {
  /** The slice of a moment, an empty one when nothing of it is there. */
  at(moment: number): Slice
  /** Calls back with the slices of the last `count` spans, that of `moment` included. */
  last(moment: number, count: number, visit: (slice: Slice) => void): void
}

export interface TimeSlicesOptions<Slice> {
  readonly count: number
  /** Milliseconds. */
  readonly spanMs: number
  readonly create: () => Slice
  /** Makes a slice as good as new. */
  readonly clear: (slice: Slice) => void
}

/** Slices are made when they are first needed, and then used again for ever. */
export function createTimeSlices<Slice>(options: TimeSlicesOptions<Slice>): TimeSlices<Slice> {
  const { count, spanMs, create, clear } = options
  const slices: (Slice | undefined)[] = Array.from({ length: count }, () => undefined)
  const spans = new Float64Array(count).fill(-1)
  return {
    at(moment) {
      const span = Math.floor(moment / spanMs)
      const place = span % count
      const slice = slices[place] ?? create()
      slices[place] = slice
      if (spans[place] !== span) {
        clear(slice)
        spans[place] = span
      }
      return slice
    },
    last(moment, wanted, visit) {
      const span = Math.floor(moment / spanMs)
      for (let back = 0; back < Math.min(wanted, count); back += 1) {
        const place = (span - back) % count
        const slice = slices[place]
        if (slice !== undefined && spans[place] === span - back) visit(slice)
      }
    },
  }
}
