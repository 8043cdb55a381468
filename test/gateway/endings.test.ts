import type { AddressInfo } from 'node:net'
import { connect, createServer as createSocketServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayOptions, LedgerRow } from '@tollgate/core'
import { afterEach, describe, expect, test } from 'vitest'
import { type Bench, silent, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { json, stream } from '../upstream/answer.ts'

let bench: Bench
afterEach(() => bench.stop())

async function start(options: GatewayOptions = {}) {
  const node = hosts.find(({ name }) => name === 'node:http')
  if (!node) throw new Error('There is no plain host.')
  bench = await startBench(node, options)
}

const chunk = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`
const ask = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello' }] }

async function ledger(): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = []
  for await (const row of bench.gateway.credits.ledger('acme')) rows.push(row)
  return rows
}

describe('a stream that a heartbeat has begun', () => {
  test('goes on for as long as it likes once its first event has come', async () => {
    await start({ timeouts: { heartbeat: 100, firstEvent: 500 } })
    const words = Array.from({ length: 10 }, (_, at) => chunk(`${at} `))
    const gate = sleep(250)
    bench.upstream.respond(stream([...words, 'data: [DONE]\n\n'], { gate, paceMs: 80 }))
    const response = await bench.post('/v1/chat/completions', { ...ask, stream: true })
    const text = await response.text()
    expect(text).toMatch(/^: keep-alive/)
    expect(text).toMatch(/"content":"9 "[\s\S]*\[DONE\]\n\n$/)
  })

  test('is not begun twice by events that commit to nothing', async () => {
    await start({ timeouts: { heartbeat: 100 } })
    const created = 'event: response.created\ndata: {"type":"response.created","sequence_number":0}\n\n'
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 }
    const completed = { type: 'response.completed', sequence_number: 1, response: { usage } }
    const end = `event: response.completed\ndata: ${JSON.stringify(completed)}\n\n`
    bench.upstream.respond(stream([created, end], { gate: sleep(900), gateAfter: 1 }))
    const response = await bench.post('/v1/responses', { model: 'gpt-4o', input: 'hello', stream: true })
    const text = await response.text()
    expect(text.match(/response\.created"/g)).toHaveLength(1)
    expect(text).toContain('response.completed')
  })
})

test.each([true, false])('an answer that outlives its hold keeps it (stream: %s)', async (streams) => {
  await start({ holds: { ttl: 1000 } })
  const usage = { prompt_tokens: 1, completion_tokens: 2 }
  const words = Array.from({ length: 10 }, () => chunk('word '))
  const last = `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`
  bench.upstream.respond(
    streams
      ? stream([...words, last], { paceMs: 200 })
      : json(200, { choices: [], usage }, { delayMs: 2000 }),
  )
  await (await bench.post('/v1/chat/completions', { ...ask, stream: streams })).text()
  await bench.charges(1)
  expect((await ledger()).map(({ op }) => op)).toEqual(['topup', 'settle'])
})

test('a client that leaves before its request went out pays nothing', async () => {
  let heard = 0
  // A provider that never says a word of TLS, so that nothing can be sent.
  const deaf = createSocketServer((socket) => {
    socket
      .on('error', () => {})
      .on('data', (bytes) => {
        heard += bytes.length
      })
  })
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve))
  const baseUrl = `https://127.0.0.1:${(deaf.address() as AddressInfo).port}/v1`
  await start({ providers: { openai: { apiKey: 'sk-upstream', baseUrl } } })
  for (const streams of [true, false]) {
    const signal = AbortSignal.timeout(100)
    const left = bench.post('/v1/chat/completions', { ...ask, stream: streams }, { signal })
    await expect(left).rejects.toThrow()
  }
  const ops = async () => (await ledger()).map(({ op }) => op)
  await expect.poll(ops, { timeout: 5000 }).toEqual(['topup', 'release', 'release'])
  expect(heard).toBeGreaterThan(0)
  deaf.close()
})

test.each(['whole', 'half'])(
  'a client that leaves while it is identified leaves nothing behind (%s body)',
  async (part) => {
    const asked = Promise.withResolvers<void>()
    const authenticate = async () => {
      asked.resolve()
      await sleep(150)
      return { account: 'acme' }
    }
    await start({ authenticate })
    const body = JSON.stringify(ask)
    const socket = connect(Number(new URL(bench.url).port), '127.0.0.1').on('error', () => {})
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`
    socket.write(head + (part === 'whole' ? body : body.slice(0, 9)))
    await asked.promise
    socket.destroy()
    await sleep(250)
    const closing = performance.now()
    await bench.gateway.close()
    expect(performance.now() - closing).toBeLessThan(5000)
    expect(bench.upstream.calls).toHaveLength(0)
  },
)

describe('what a provider says that nobody can render', () => {
  const input = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
  const tool = `{"type":"tool_use","id":"t","name":"f","input":${input}}`
  const claude = { ...ask, model: 'claude-sonnet-4-6' }
  const errors: string[] = []
  const logger = { ...silent, error: (_: object, message: string) => void errors.push(message) }
  afterEach(() => {
    expect(errors.splice(0)).toEqual(['The answer of a provider could not be relayed.'])
  })

  test('is a 500, is free, and ends', async () => {
    await start({ logger })
    const usage = '"usage":{"input_tokens":1,"output_tokens":1}'
    bench.upstream.respond(json(200, `{"type":"message","role":"assistant","content":[${tool}],${usage}}`))
    const response = await bench.post('/v1/chat/completions', claude)
    expect(response.status).toBe(500)
    expect(await ledger()).toMatchObject([
      { op: 'topup' },
      { op: 'settle', amount: '0.000000000', meta: { status: 'failed', error: 'internal' } },
    ])
  })

  test('breaks a stream, which is charged for what it delivered', async () => {
    await start({ logger })
    const event = (type: string, rest: string) => `event: ${type}\ndata: {"type":"${type}",${rest}}\n\n`
    const message = '"message":{"role":"assistant","usage":{"input_tokens":9,"output_tokens":1}}'
    bench.upstream.respond(
      stream(
        [
          event('message_start', message),
          event('content_block_start', '"index":0,"content_block":{"type":"text","text":""}'),
          event('content_block_delta', '"index":0,"delta":{"type":"text_delta","text":"some words"}'),
          event('content_block_start', `"index":1,"content_block":${tool}`),
          event('content_block_stop', '"index":1'),
        ],
        { paceMs: 20, gate: new Promise(() => {}), gateAfter: 5 },
      ),
    )
    const response = await bench.post('/v1/chat/completions', { ...claude, stream: true })
    await expect(response.text()).rejects.toThrow()
    const [charge] = await bench.charges(1)
    expect(Number(charge)).toBeGreaterThan(0)
  })
})
