import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createEventSplitter } from '../../packages/core/src/dialects/sse.ts'
import { startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { stream } from '../upstream/answer.ts'
import { recording } from '../upstream/wire.ts'

const socketless = hosts.find(({ name }) => name === 'fetch') as (typeof hosts)[number]
const { events } = recording('anthropic/anthropic-text.chunks.txt')

test('heartbeats and the error of a broken stream are numbered like the translated events around them', async () => {
  const bench = await startBench(socketless, { timeouts: { heartbeat: 100 } })
  bench.upstream.respond(stream(events, { gate: sleep(350), gateAfter: 5, cutAfter: 8 }))
  const response = await bench.post('/v1/responses', {
    model: 'claude-sonnet-4-6',
    input: 'hi',
    stream: true,
  })
  const splitter = createEventSplitter()
  const seen = splitter
    .push(new Uint8Array(await response.arrayBuffer()))
    .map(({ data }) => JSON.parse(data) as { type: string; sequence_number: number })
  const types = seen.map(({ type }) => type)
  expect(types.filter((type) => type === 'keepalive').length).toBeGreaterThanOrEqual(2)
  expect(types.slice(-2)).toEqual(['error', 'response.failed'])
  expect(seen.map(({ sequence_number }) => sequence_number)).toEqual(seen.map((_, index) => index))
  await bench.stop()
})
