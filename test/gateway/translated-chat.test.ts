import { expect, test } from 'vitest'
import { createEventSplitter } from '../../packages/core/src/dialects/sse.ts'
import { startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { json, stream } from '../upstream/answer.ts'
import { recording } from '../upstream/wire.ts'

const socketless = hosts.find(({ name }) => name === 'fetch') as (typeof hosts)[number]
const { events } = recording('openai/openai-text.chunks.txt')
const request = { model: 'openai/gpt-4.1-nano', max_tokens: 400, messages: [{ role: 'user', content: 'hi' }] }

/** The types of the events that a Messages client is sent. */
async function typesOf(response: Response): Promise<(string | undefined)[]> {
  const splitter = createEventSplitter()
  return splitter.push(new Uint8Array(await response.arrayBuffer())).map(({ event }) => event)
}

test('a Messages client reaches a model of a Chat provider, whose last words may be its finish reason', async () => {
  const bench = await startBench(socketless)
  const finished = events.findIndex((event) => event.includes('"finish_reason":"stop"'))
  for (const length of [events.length, events.length - 1, finished + 1]) {
    bench.upstream.respond(stream(events.slice(0, length)))
    const types = await typesOf(await bench.post('/v1/messages', { ...request, stream: true }))
    expect(types.slice(0, 1)).toEqual(['message_start'])
    expect(types.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop'])
  }
  const [call] = bench.upstream.calls
  expect(call?.path).toBe('/v1/chat/completions')
  expect(call?.json()).toEqual({
    model: 'gpt-4.1-nano',
    messages: [{ role: 'user', content: 'hi' }],
    max_completion_tokens: 400,
    stream: true,
    stream_options: { include_usage: true },
  })
  await bench.stop()
})

test('T25 a Chat stream that breaks off, or fails, has no end for a Messages client', async () => {
  const bench = await startBench(socketless)
  const failed = [...events.slice(0, 20), 'data: {"error":{"message":"Busy","code":503}}\n\n']
  for (const script of [stream(events.slice(0, 20)), stream(failed)]) {
    bench.upstream.respond(script)
    const types = await typesOf(await bench.post('/v1/messages', { ...request, stream: true }))
    expect(types.at(-1)).toBe('error')
    expect(types).not.toContain('message_stop')
  }
  await bench.stop()
})

test('a Messages client is answered whole', async () => {
  const bench = await startBench(socketless)
  const message = { role: 'assistant', content: 'Hello' }
  const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  bench.upstream.respond(json(200, { id: 'c-1', object: 'chat.completion', model: 'm', choices, usage }))
  const answer = await (await bench.post('/v1/messages', request)).json()
  expect(answer).toMatchObject({
    type: 'message',
    content: [{ type: 'text', text: 'Hello' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 3, output_tokens: 1 },
  })
  await bench.stop()
})
