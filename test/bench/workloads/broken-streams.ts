import { textFrame } from '../recorded/chat-stream.ts'
import { streamBody } from './bodies.ts'
import type { Workload } from './workload.ts'

const body = streamBody(true)
const delivered = 10

/** Ten chunks come, then nothing: the client leaves, and the upstream must be let go. */
const aborted: Workload = {
  name: 'aborted',
  title: `Streams whose client leaves after ${delivered} chunks, 32 at once`,
  load: { kind: 'closed-loop', connections: 32 },
  scenario: { chunks: delivered, interval: 0, end: 'never', requestBytes: body.length },
  body,
  expectation: { end: 'left', bodyBytes: 0 },
  leaveAfter: delivered * textFrame.length,
  charge: 'something',
  limits: [],
}

/** Twenty-five chunks come, then the upstream's connection breaks: no client may take that for an end. */
const cut: Workload = {
  name: 'cut',
  title: 'Streams that the upstream cuts after 25 chunks, 32 at once',
  load: { kind: 'closed-loop', connections: 32 },
  scenario: { chunks: 25, interval: 0, end: 'cut', requestBytes: body.length },
  body,
  expectation: { end: 'cut', bodyBytes: 0 },
  charge: 'something',
  limits: [],
}

export const brokenStreamWorkloads: readonly Workload[] = [aborted, cut]
