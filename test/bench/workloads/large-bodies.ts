import { answerCost } from '../recorded/answer-facts.ts'
import { jsonAnswer } from '../recorded/json-answer.ts'
import { conversationBody, pictureBody } from './bodies.ts'
import { bothStores, type Workload } from './workload.ts'

interface LargeBody {
  readonly name: string
  readonly title: string
  readonly body: Buffer
}

function largeBody({ name, title, body }: LargeBody): Workload {
  return {
    name,
    title,
    load: { kind: 'closed-loop', connections: 32 },
    scenario: { chunks: 0, interval: 0, end: 'proper', requestBytes: body.length },
    body,
    expectation: { end: 'complete', bodyBytes: jsonAnswer.length },
    charge: answerCost,
    limits: bothStores('processor', 1.2),
  }
}

export const largeBodyWorkloads: readonly Workload[] = [
  largeBody({
    name: 'body-256k',
    title: '256 KB bodies, a long conversation, 32 connections',
    body: conversationBody,
  }),
  largeBody({
    name: 'body-256k-picture',
    title: '256 KB bodies, one picture, 32 connections',
    body: pictureBody,
  }),
]
