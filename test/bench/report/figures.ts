import { baseline, direct } from '../contestants.ts'
import type { Alive, Slice } from '../measure/slice.ts'
import type { Measured } from '../measure/take-turns.ts'
import { median } from './statistics.ts'

/** What the slices of one server under one workload come to: medians, and ratios round by round. */
export interface Figures {
  readonly server: string
  readonly calls: number
  readonly microsPerCall: number
  readonly callsPerSecond: number
  /** Writes per answer. */
  readonly pieces: number
  readonly loadBusy: number
  readonly peakMebibytes: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Milliseconds more than without anything in between; undefined when that was not measured. */
  readonly addedFirstByteP50: number | undefined
  readonly addedFirstByteP99: number | undefined
  /** Relative to http-proxy-middleware in the same round; undefined without one. */
  readonly processorRatio: Ratio | undefined
  readonly memoryRatio: Ratio | undefined
  readonly alive: Alive | undefined
  readonly leftOpen: number
  readonly faults: Readonly<Record<string, number>>
  readonly chargeFaults: readonly string[]
}

export interface Ratio {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** @param all Every server of the same workload; the baseline is found among them. */
export function figuresOf(measured: Measured, all: readonly Measured[]): Figures {
  const { slices, contestant } = measured
  const of = (read: (slice: Slice) => number) => median(slices.map(read))
  const slicesOf = (name: string) => all.find((one) => one.contestant.name === name)?.slices
  const without = slicesOf(direct)
  const added = (read: (slice: Slice) => number) => without && of(read) - median(without.map(read))
  const ratio = (read: (slice: Slice) => number) => ratioOf(slices, slicesOf(baseline) ?? [], read)
  return {
    server: contestant.name,
    calls: slices.reduce((sum, { calls }) => sum + calls, 0),
    microsPerCall: of((slice) => slice.microsPerCall),
    callsPerSecond: of(({ calls, seconds }) => calls / seconds),
    pieces: of(({ pieces }) => pieces),
    loadBusy: of((slice) => slice.loadBusy),
    peakMebibytes: of((slice) => slice.peakMebibytes),
    p50: of(({ total }) => total.p50),
    p99: of(({ total }) => total.p99),
    addedFirstByteP50: added(({ firstByte }) => firstByte.p50),
    addedFirstByteP99: added(({ firstByte }) => firstByte.p99),
    processorRatio: ratio((slice) => slice.microsPerCall),
    memoryRatio: ratio((slice) => slice.peakMebibytes),
    alive: aliveOf(slices),
    leftOpen: Math.max(...slices.map((slice) => slice.leftOpen)),
    faults: sumFaults(slices),
    chargeFaults: measured.chargeFaults,
  }
}

/** By pairs of the same round: what slows the machine for a while slows both. */
export function ratioOf(
  slices: readonly Slice[],
  others: readonly Slice[],
  read: (slice: Slice) => number,
): Ratio | undefined {
  const ratios = slices.flatMap((slice) => {
    const other = others.find(({ round }) => round === slice.round)
    return other ? [read(slice) / read(other)] : []
  })
  if (ratios.length === 0) return undefined
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) }
}

/** The slice with the fewest counts: the claim is that all streams were alive. */
function aliveOf(slices: readonly Slice[]): Alive | undefined {
  const counts = slices.flatMap(({ alive }) => alive ?? [])
  return counts.sort((one, other) => one.client - other.client)[0]
}

export function sumFaults(slices: readonly Slice[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const { faults } of slices) {
    for (const [fault, times] of Object.entries(faults)) sum[fault] = (sum[fault] ?? 0) + times
  }
  return sum
}
