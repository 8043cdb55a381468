import { answerCost } from '../recorded/answer-facts.ts'
import { jsonAnswer } from '../recorded/json-answer.ts'
import { smallBody } from './bodies.ts'
import type { Limit, Workload } from './workload.ts'

function smallJson(connections: number, limits: readonly Limit[] = []): Workload {
  return {
    name: `small-json-${connections}`,
    title: `Small JSON, ${connections} connection${connections === 1 ? '' : 's'}`,
    load: { kind: 'closed-loop', connections },
    scenario: { chunks: 0, interval: 0, end: 'proper', requestBytes: smallBody.length },
    body: smallBody,
    expectation: { end: 'complete', bodyBytes: jsonAnswer.length },
    charge: answerCost,
    limits,
  }
}

export const smallJsonWorkloads: readonly Workload[] = [
  smallJson(1),
  smallJson(32, [
    { store: 'sqlite', of: 'processor', ratio: 0.75 },
    { store: 'memory', of: 'processor', ratio: 0.6 },
  ]),
  smallJson(128),
]
