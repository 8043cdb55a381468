import { type Contestant, takesPart } from '../contestants.ts'
import type { LoadQuestions } from '../load/load-questions.ts'
import type { Child } from '../process/child.ts'
import type { Workload } from '../workloads/workload.ts'
import { type BenchServer, startBenchServer, type UpstreamAddress } from './bench-server.ts'
import { type ChargeFaults, checkCharges } from './check-charges.ts'
import { measureSlice, type Slice } from './slice.ts'
import { warmUpOf } from './warm-up.ts'

export interface Bench {
  readonly load: Child<LoadQuestions>
  readonly upstream: UpstreamAddress
  readonly serverCore: string
  /** The folder of the built servers. */
  readonly modules: URL
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Says where the run is. */
  progress(text: string): void
}

/** Everything measured of one server under one workload. */
export interface Measured {
  readonly contestant: Contestant
  readonly slices: readonly Slice[]
  readonly chargeFaults: ChargeFaults
}

interface Entrant {
  readonly contestant: Contestant
  readonly slices: Slice[]
  readonly chargeFaults: string[]
}

interface Event {
  readonly bench: Bench
  readonly workload: Workload
}

/**
 * Runs one workload: all servers warmed, then a slice each in turn, round after round, so that what disturbs
 * the machine disturbs all of them. Where memory is the question every slice gets a new process.
 */
export async function takeTurns(
  bench: Bench,
  workload: Workload,
  contestants: readonly Contestant[],
): Promise<readonly Measured[]> {
  const entrants = contestants
    .filter((contestant) => takesPart(contestant, workload))
    .map((contestant): Entrant => ({ contestant, slices: [], chargeFaults: [] }))
  const run = workload.load.kind === 'side-by-side' ? runAfresh : runWarm
  await run({ bench, workload }, entrants)
  return entrants
}

/** A server that runs, and how many calls it has been given. */
interface Warm {
  readonly entrant: Entrant
  readonly server: BenchServer
  calls: number
}

async function runWarm(event: Event, entrants: readonly Entrant[]): Promise<void> {
  const warm: Warm[] = []
  try {
    for (const entrant of entrants) warm.push(await start(event, entrant))
    for (const one of warm) await warmUp(event, one)
    for (let round = 0; round < event.bench.rounds; round++) {
      for (const one of warm) await measure(event, one, round)
    }
    for (const one of warm) await check(event, one)
  } finally {
    await Promise.all(warm.map(({ server }) => server.stop()))
  }
}

async function runAfresh(event: Event, entrants: readonly Entrant[]): Promise<void> {
  for (let round = 0; round < event.bench.rounds; round++) {
    for (const entrant of entrants) {
      if (!takesPart(entrant.contestant, event.workload, round)) continue
      const one = await start(event, entrant)
      try {
        await warmUp(event, one)
        await measure(event, one, round)
        await check(event, one)
      } finally {
        await one.server.stop()
      }
    }
  }
}

async function start({ bench }: Event, entrant: Entrant): Promise<Warm> {
  const server = await startBenchServer(entrant.contestant, bench)
  return { entrant, server, calls: 0 }
}

async function warmUp({ bench, workload }: Event, one: Warm): Promise<void> {
  const { load, warmUpSeconds: seconds } = bench
  bench.progress(`${workload.name}: ${one.entrant.contestant.name} warms up`)
  const slice = await measureSlice(one.server, { load, workload: warmUpOf(workload), seconds, round: -1 })
  one.calls += slice.calls
}

async function measure({ bench, workload }: Event, one: Warm, round: number): Promise<void> {
  const { load, seconds } = bench
  bench.progress(`${workload.name}: ${one.entrant.contestant.name}, round ${round + 1} of ${bench.rounds}`)
  const slice = await measureSlice(one.server, { load, workload, seconds, round })
  one.calls += slice.calls
  one.entrant.slices.push(slice)
}

async function check({ workload }: Event, { entrant, server, calls }: Warm): Promise<void> {
  if (entrant.contestant.store) entrant.chargeFaults.push(...(await checkCharges(server, workload, calls)))
}
