import { answerCost } from '../recorded/answer-facts.ts'
import { streamBytes } from '../recorded/recorded-stream.ts'
import { streamBody } from './bodies.ts'
import { bothStores, type Workload } from './workload.ts'

const chunks = 50

function quickStreams(withUsage: boolean): Workload {
  const body = streamBody(withUsage)
  return {
    name: withUsage ? 'stream-50' : 'stream-50-usage-added',
    title: `Streams of ${chunks} chunks, 32 connections${withUsage ? '' : ', usage not asked for by the client'}`,
    load: { kind: 'closed-loop', connections: 32 },
    scenario: {
      chunks,
      interval: 0,
      end: 'proper',
      // Without the client's wish a gateway adds its own, so the size differs.
      requestBytes: withUsage ? body.length : undefined,
    },
    body,
    expectation: { end: 'complete', bodyBytes: streamBytes('chat', chunks, withUsage) },
    charge: answerCost,
    limits: bothStores('processor', 0.95),
  }
}

interface PacedStreams {
  readonly streams: number
  readonly interval: number
  readonly chunks: number
  readonly rampMs: number
}

function pacedStreams({ streams, interval, chunks, rampMs }: PacedStreams): Workload {
  const body = streamBody(true)
  return {
    name: `paced-${streams}`,
    title: `${streams} streams side by side, chunks ${interval} ms apart`,
    load: { kind: 'side-by-side', streams, rampMs },
    scenario: { chunks, interval, end: 'proper', requestBytes: body.length },
    body,
    expectation: { end: 'complete', bodyBytes: streamBytes('chat', chunks) },
    charge: answerCost,
    limits: streams === 2000 ? bothStores('memory', 1.15) : [],
  }
}

// All streams are under way between the end of the ramp and the end of the first.
export const streamWorkloads: readonly Workload[] = [
  quickStreams(true),
  quickStreams(false),
  pacedStreams({ streams: 500, interval: 50, chunks: 60, rampMs: 1500 }),
  pacedStreams({ streams: 2000, interval: 200, chunks: 40, rampMs: 5000 }),
]
