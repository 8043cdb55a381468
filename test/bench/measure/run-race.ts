import type { Contestant } from '../contestants.ts'
import type { Lane, Race } from '../workloads/race.ts'
import type { Workload } from '../workloads/workload.ts'
import { type BenchServer, startBenchServer } from './bench-server.ts'
import { type ChargeFaults, checkCharges } from './check-charges.ts'
import { readAnswer } from './read-answer.ts'
import { measureSlice, type Slice } from './slice.ts'
import type { Bench } from './take-turns.ts'

/** Everything measured of one lane. */
export interface Raced {
  readonly lane: Lane
  readonly slices: readonly Slice[]
}

export interface RaceResult {
  readonly lanes: readonly Raced[]
  /** Of all lanes together: they share an account. */
  readonly chargeFaults: ChargeFaults
}

interface Runner {
  readonly lane: Lane
  /** With the size that its answers have been found to have. */
  readonly workload: Workload
  readonly slices: Slice[]
}

/** Runs the lanes on one server: each read and warmed, then a slice each in turn, round after round. */
export async function runRace(bench: Bench, race: Race, contestant: Contestant): Promise<RaceResult> {
  const server = await startBenchServer(contestant, bench)
  try {
    const runners: Runner[] = []
    for (const lane of race.lanes) runners.push(await prepare(server, lane))
    let calls = runners.length
    for (let round = -1; round < bench.rounds; round++) {
      for (const runner of runners) calls += await measure(server, runner, { bench, race, round })
    }
    const charge = race.lanes[0]?.workload.charge ?? 'something'
    return { lanes: runners, chargeFaults: await checkCharges(server, { charge }, calls) }
  } finally {
    await server.stop()
  }
}

interface Turn {
  readonly bench: Bench
  readonly race: Race
  /** -1 is the warm-up. */
  readonly round: number
}

async function measure(
  server: BenchServer,
  { workload, slices }: Runner,
  { bench, race, round }: Turn,
): Promise<number> {
  const { load, rounds } = bench
  const warmsUp = round === -1
  bench.progress(`${race.name}: ${workload.name}, ${warmsUp ? 'warm-up' : `round ${round + 1} of ${rounds}`}`)
  const seconds = warmsUp ? bench.warmUpSeconds : bench.seconds
  const slice = await measureSlice(server, { load, workload, seconds, round })
  if (!warmsUp) slices.push(slice)
  return slice.calls
}

/**
 * Reads the first answer of a lane: all others must have as many bytes. A translation that left something out would
 * be fast.
 */
async function prepare(server: BenchServer, lane: Lane): Promise<Runner> {
  const { workload, client } = lane
  const { scenario, expectation } = workload
  await server.upstream.ask('play', scenario)
  const body = await ask(server, workload)
  const fault = readAnswer(client, scenario.chunks, body)
  if (fault !== undefined) throw new Error(`${workload.name}: ${fault}`)
  const size = Buffer.byteLength(body)
  const bodyBytes = Number.isNaN(expectation.bodyBytes) ? size : expectation.bodyBytes
  return { lane, workload: { ...workload, expectation: { ...expectation, bodyBytes } }, slices: [] }
}

async function ask({ target }: BenchServer, { path, body }: Workload): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${target.port}${path}`, {
    method: 'POST',
    headers: { authorization: target.authorization, 'content-type': 'application/json' },
    body: body.toString(),
  })
  return await response.text()
}
