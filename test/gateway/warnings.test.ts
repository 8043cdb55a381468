import type { UsageEvent } from '@tollgate/core'
import { expect, test } from 'vitest'
import { startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'

const socketless = hosts.find(({ name }) => name === 'fetch') as (typeof hosts)[number]
const ask = {
  model: 'claude-sonnet-4-6',
  max_tokens: 16,
  messages: [{ role: 'user', content: 'hi' }],
  seed: 7,
}

test.each([true, false])(
  'what a translation could not carry is in the header, the event and the record (stream: %s)',
  async (streams) => {
    const seen: UsageEvent[] = []
    const bench = await startBench(socketless, { onUsage: (event) => seen.push(event) })
    const response = await bench.post('/v1/chat/completions', { ...ask, stream: streams })
    expect(response.headers.get('tollgate-warnings')).toBe('seed=dropped')
    await response.text()
    await bench.charges(1)
    const warnings = [{ field: 'seed', action: 'dropped', detail: expect.stringContaining('seed') }]
    expect(seen).toMatchObject([{ status: 'succeeded', warnings }])
    for await (const event of bench.gateway.usage.events({ account: 'acme' }))
      expect(event).toMatchObject({ warnings })
    await bench.stop()
  },
)

test('a call that lost nothing has no warnings', async () => {
  const seen: UsageEvent[] = []
  const bench = await startBench(socketless, { onUsage: (event) => seen.push(event) })
  const response = await bench.post('/v1/chat/completions', { ...ask, seed: undefined })
  expect(response.headers.has('tollgate-warnings')).toBe(false)
  await bench.charges(1)
  expect(seen).toMatchObject([{ warnings: [] }])
  await bench.stop()
})

test('under strict the call is refused, and names the member', async () => {
  const bench = await startBench(socketless, { translation: 'strict' })
  const response = await bench.post('/v1/chat/completions', ask)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { param: 'seed', code: 'unsupported_parameter' } })
  expect(bench.upstream.calls).toHaveLength(0)
  await bench.stop()
})

test('a turn that was said in sound goes to who knows it, and to nobody else', async () => {
  const bench = await startBench(socketless)
  const said = { role: 'assistant', audio: { id: 'audio_1' } }
  const again = { role: 'user', content: 'again' }
  const talk = { ...ask, seed: undefined, messages: [...ask.messages, said, again] }
  const own = await bench.post('/v1/chat/completions', { ...talk, model: 'gpt-4o' })
  expect([own.status, await own.json()]).toMatchObject([200, { object: 'chat.completion' }])
  const response = await bench.post('/v1/chat/completions', talk)
  expect(response.status).toBe(400)
  const error = { param: 'messages.1.audio', code: 'unsupported_parameter' }
  expect(await response.json()).toMatchObject({ error })
  const called = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }
  const answered = { role: 'tool', tool_call_id: 'c1', content: 'done' }
  for (const turns of [
    [{ ...said, content: '' }],
    [{ ...said, content: ' ' }],
    [{ ...said, tool_calls: [called] }, answered],
  ]) {
    const refused = await bench.post('/v1/chat/completions', {
      ...talk,
      messages: [...ask.messages, ...turns, again],
    })
    expect([refused.status, await refused.json()]).toMatchObject([400, { error }])
  }
  const told = { ...said, content: 'Its transcript.' }
  const spelt = await bench.post('/v1/chat/completions', {
    ...talk,
    messages: [...ask.messages, told, again],
  })
  expect(spelt.status).toBe(200)
  await bench.charges(2)
  await bench.stop()
})

test('names as long as a body may be, and as many, make no call free', async () => {
  const seen: UsageEvent[] = []
  const bench = await startBench(socketless, { onUsage: (event) => seen.push(event) })
  const unknown = Array.from({ length: 40 }, (_, index) => [`member${index}${'x'.repeat(40_000)}`, 1])
  const response = await bench.post('/v1/chat/completions', { ...ask, ...Object.fromEntries(unknown) })
  expect(response.status).toBe(200)
  await response.text()
  await bench.charges(1)
  const warnings = seen[0]?.warnings ?? []
  expect(warnings).toHaveLength(32)
  expect(warnings.every(({ field, detail }) => field.length <= 1024 && detail.length <= 1024)).toBe(true)
  await bench.stop()
})
