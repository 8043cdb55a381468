import { createTimeSlices } from './time-slices.ts'

/** What half and what 19 in 20 of the values do not exceed. */
export interface Percentiles {
  readonly p50: number
  readonly p95: number
}

/** Values of the recent past in a fixed room: how they are spread is kept, to a tenth of each. */
export interface Digest {
  add(value: number, moment: number): void
  /** Over the last spans; undefined without a value. */
  read(moment: number, spans: number): Percentiles | undefined
}

export interface DigestOptions {
  /** What is smaller counts as this. */
  readonly least: number
  readonly spans: number
  /** Milliseconds. */
  readonly spanMs: number
}

/** Each bin is so much wider than the one before; 80 of them reach over five and a half powers of ten. */
const growth = 1.18
const bins = 80
const perBin = 1 / Math.log(growth)

export function createDigest({ least, spans, spanMs }: DigestOptions): Digest {
  const slices = createTimeSlices({
    count: spans,
    spanMs,
    create: () => new Uint32Array(bins),
    clear: (counts) => void counts.fill(0),
  })
  const binOf = (value: number) =>
    value <= least ? 0 : Math.min(bins - 1, Math.ceil(Math.log(value / least) * perBin))
  /** In the middle of the bin, as factors go. */
  const middleOf = (bin: number) => (bin === 0 ? least : least * growth ** (bin - 0.5))
  return {
    add(value, moment) {
      const counts = slices.at(moment)
      const bin = binOf(value)
      counts[bin] = (counts[bin] as number) + 1
    },
    read(moment, wanted) {
      const sums = new Float64Array(bins)
      let total = 0
      slices.last(moment, wanted, (counts) => {
        for (let bin = 0; bin < bins; bin += 1) {
          sums[bin] = (sums[bin] as number) + (counts[bin] as number)
          total += counts[bin] as number
        }
      })
      if (total === 0) return undefined
      return { p50: middleOf(binAt(sums, total * 0.5)), p95: middleOf(binAt(sums, total * 0.95)) }
    },
  }
}

/** The bin in which the value of this rank lies. */
function binAt(sums: Float64Array, rank: number): number {
  let seen = 0
  for (let bin = 0; bin < bins; bin += 1) {
    seen += sums[bin] as number
    if (seen >= rank) return bin
  }
  return bins - 1
}
