import type { Raced, RaceResult } from '../measure/run-race.ts'
import { laneName, type Race } from '../workloads/race.ts'
import { type Ratio, ratioOf, sumFaults } from './figures.ts'
import { median } from './statistics.ts'
import { formatTable } from './table.ts'
import type { Verdict } from './verdicts.ts'

/** What one lane comes to. Ratios are of processor time, by pairs of the same round. */
export interface LaneFigures {
  readonly lane: string
  readonly microsPerCall: number
  /** Relative to the client's own dialect, relayed as it is: the one that the promise is about. */
  readonly toClient: Ratio | undefined
  /** Relative to the provider's dialect, relayed as it is. */
  readonly toUpstream: Ratio | undefined
  readonly pieces: number
  readonly loadBusy: number
  readonly faults: readonly string[]
}

export function laneFigures(raced: Raced, { lanes }: RaceResult): LaneFigures {
  const { lane, slices } = raced
  const to = (dialect: string) => {
    const relayed = lanes.find((one) => one.lane.client === dialect && one.lane.upstream === dialect)
    return relayed && relayed !== raced
      ? ratioOf(slices, relayed.slices, (slice) => slice.microsPerCall)
      : undefined
  }
  const leftOpen = Math.max(...slices.map((slice) => slice.leftOpen))
  return {
    lane: laneName(lane.client, lane.upstream),
    microsPerCall: median(slices.map((slice) => slice.microsPerCall)),
    toClient: to(lane.client),
    toUpstream: lane.client === lane.upstream ? undefined : to(lane.upstream),
    pieces: median(slices.map((slice) => slice.pieces)),
    loadBusy: median(slices.map((slice) => slice.loadBusy)),
    faults: [
      ...Object.entries(sumFaults(slices)).map(([fault, times]) => `${times} × ${fault}`),
      ...(leftOpen > 0 ? [`${leftOpen} answers left open at the upstream`] : []),
    ],
  }
}

export function judgeRace(race: Race, server: string, figures: readonly LaneFigures[]): readonly Verdict[] {
  return figures.flatMap(({ lane, toClient }) => {
    if (toClient === undefined) return []
    const measured = toClient.median
    const kept = measured <= race.limit
    return [
      {
        workload: `${race.name} ${lane}`,
        server,
        of: 'processor' as const,
        limit: race.limit,
        measured,
        kept,
      },
    ]
  })
}

/** @param faults Of the charges, which are those of all lanes. */
export function formatRace(race: Race, figures: readonly LaneFigures[], faults: readonly string[]): string {
  const titles = ['client → provider', 'µs/call', 'to client’s', 'least–most', 'to provider’s', 'least–most']
  const rows = figures.map(({ lane, microsPerCall, toClient, toUpstream, pieces, loadBusy, ...one }) => [
    lane,
    microsPerCall.toFixed(0),
    ...formatRatio(toClient),
    ...formatRatio(toUpstream),
    pieces.toFixed(0),
    `${(loadBusy * 100).toFixed(0)} %`,
    one.faults.length > 0 ? 'NO' : 'yes',
  ])
  const wrong = figures.flatMap(({ lane, faults: own }) => own.map((fault) => `  ! ${lane}: ${fault}`))
  return [
    `## ${race.title} (${race.name})`,
    formatTable([[...titles, 'writes', 'load busy', 'sound'], ...rows]),
    ...wrong,
    ...(faults.length === 0 ? ['All calls were charged exactly.'] : faults.map((fault) => `  ! ${fault}`)),
  ].join('\n')
}

function formatRatio(ratio: Ratio | undefined): readonly [string, string] {
  if (!ratio) return ['–', '–']
  return [ratio.median.toFixed(2), `${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)}`]
}
