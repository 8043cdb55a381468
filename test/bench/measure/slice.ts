import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadQuestions, LoadTask } from '../load/load-questions.ts'
import type { LoadResult } from '../load/tally.ts'
import type { Child } from '../process/child.ts'
import { peakMebibytes, resetPeakMemory } from '../process/consumption.ts'
import type { StreamLoad, Workload } from '../workloads/workload.ts'
import type { BenchServer } from './bench-server.ts'

/** One turn of one server. */
export interface Slice extends Omit<LoadResult, 'processorMicros'> {
  readonly round: number
  /** Microseconds of the server's processor time per call, the work it left for later included. */
  readonly microsPerCall: number
  /** Share of the time that load generator and upstream were busy; near 1 they are what is measured. */
  readonly loadBusy: number
  readonly peakMebibytes: number
  /** Streams that moved in the middle of the turn, as their clients and the upstream saw it. */
  readonly alive?: Alive
  /** Answers that the upstream still had open after the turn: callers that left and were not let go. */
  readonly leftOpen: number
}

export interface Alive {
  readonly client: number
  readonly upstream: number
}

export interface SliceOptions {
  readonly load: Child<LoadQuestions>
  readonly workload: Workload
  readonly seconds: number
  readonly round: number
}

/** What is put off, settlements above all, belongs to the calls. */
const afterworkMs = 300

/** Gives a server its turn. */
export async function measureSlice(server: BenchServer, options: SliceOptions): Promise<Slice> {
  const { workload, round } = options
  await server.upstream.ask('play', workload.scenario)
  resetPeakMemory(server.pid)
  const [own, upstream] = [await server.processorMicros(), await server.upstream.ask('processorMicros')]
  const { result, alive } = await runLoad(server, options)
  const upstreamMicros = (await server.upstream.ask('processorMicros')) - upstream
  await sleep(afterworkMs)
  const ownMicros = (await server.processorMicros()) - own
  const { processorMicros: loadMicros, ...seen } = result
  const shared = server.contestant.name === 'direct' ? 0 : upstreamMicros
  return {
    ...seen,
    round,
    microsPerCall: ownMicros / result.calls,
    loadBusy: (loadMicros + shared) / 1e6 / result.seconds,
    peakMebibytes: peakMebibytes(server.pid),
    ...(alive && { alive }),
    leftOpen: await server.upstream.ask('open'),
  }
}

interface Run {
  readonly result: LoadResult
  readonly alive?: Alive
}

async function runLoad(server: BenchServer, { load, workload, seconds }: SliceOptions): Promise<Run> {
  const task: LoadTask = {
    target: server.target,
    path: workload.path ?? '/v1/chat/completions',
    body: workload.body,
    expectation: workload.expectation,
    ...(workload.leaveAfter !== undefined && { leaveAfter: workload.leaveAfter }),
  }
  if (workload.load.kind === 'closed-loop') {
    const { connections } = workload.load
    return { result: await load.ask('closedLoop', { ...task, connections, seconds }) }
  }
  const { streams, rampMs } = workload.load
  const running = load.ask('sideBySide', { ...task, streams, rampMs })
  const alive = await countAlive(server, { load, workload, streams: workload.load })
  return { result: await running, alive }
}

interface Count {
  readonly load: Child<LoadQuestions>
  readonly workload: Workload
  readonly streams: StreamLoad
}

/** Half-way between the start of the last stream and the end of the first. */
async function countAlive(server: BenchServer, { load, workload, streams }: Count): Promise<Alive> {
  const { chunks, interval } = workload.scenario
  await sleep((streams.rampMs + chunks * interval) / 2)
  const [client, upstream] = await Promise.all([load.ask('alive', 2 * interval), server.upstream.ask('open')])
  return { client, upstream }
}
