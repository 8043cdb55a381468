import { Agent, request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hang, json, stream } from '../upstream/answer.ts'
import { type Bench, startBench } from './bench.ts'
import { hosts } from './servers.ts'

const messages = [{ role: 'user', content: 'hello big world' }]
const chat = { model: 'gpt-4o', messages }

/** Three tokens in at $2.50 and three out at $10.00 a million, and six at the fee's $0.05. */
const chatCharge = '0.000037800'

const chunk = (content: string) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'gpt-4o', choices: [{ index: 0, delta: { content } }] })}\n\n`

describe.each(hosts)('$name', (host) => {
  let bench: Bench
  beforeAll(async () => {
    bench = await startBench(host)
  })
  afterAll(() => bench.stop())
  beforeEach(() => {
    bench.upstream.respond()
    bench.upstream.calls.length = 0
  })

  /** Charges that a test adds. */
  async function newCharges(count: number, act: () => Promise<unknown>): Promise<string[]> {
    const before = (await bench.charges(0)).length
    await act()
    const all = await bench.charges(before + count)
    const balance = await bench.gateway.credits.balance('acme')
    expect(balance.held).toBe('0.000000000')
    expect(await bench.gateway.credits.audit('acme')).toMatchObject({ ok: true, problems: [] })
    return all.slice(before)
  }

  test('JSON: the provider answers, the account pays to the nano-dollar', async () => {
    const charges = await newCharges(1, async () => {
      const response = await bench.post('/v1/chat/completions', chat)
      expect(response.status).toBe(200)
      expect(response.headers.get('tollgate-model')).toBe('openai:gpt-4o')
      expect(response.headers.get('tollgate-cost')).toBe(chatCharge)
      expect(response.headers.get('tollgate-request-id')).toMatch(/^call_/)
      const answer = (await response.json()) as { choices: { message: { content: string } }[] }
      expect(answer.choices[0]?.message.content).toBe('hello big world')
    })
    expect(charges).toEqual([chatCharge])
    const [call] = bench.upstream.calls
    expect(call?.path).toBe('/v1/chat/completions')
    expect(call?.headers.authorization).toBe('Bearer sk-upstream')
    expect(JSON.stringify(call?.headers)).not.toContain(bench.token)
  })

  test('stream: events arrive one by one and the usage that was not asked for stays hidden', async () => {
    const charges = await newCharges(1, async () => {
      const response = await bench.post('/v1/chat/completions', { ...chat, stream: true })
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toContain('text/event-stream')
      expect(response.headers.get('cache-control')).toContain('no-transform')
      const text = await response.text()
      expect(text).toContain('data: [DONE]')
      expect(text).not.toContain('prompt_tokens')
    })
    expect(charges).toEqual([chatCharge])
    expect(bench.upstream.calls[0]?.json().stream_options).toEqual({ include_usage: true })
  })

  test('stream: the first event is there before the last one is sent', async () => {
    const gate = Promise.withResolvers<void>()
    bench.upstream.respond(
      stream([chunk('one'), chunk('two'), 'data: [DONE]\n\n'], { gate: gate.promise, gateAfter: 1 }),
    )
    await newCharges(1, async () => {
      const response = await bench.post('/v1/chat/completions', { ...chat, stream: true })
      const reader = response.body?.getReader()
      const first = await reader?.read()
      expect(Buffer.from(first?.value ?? []).toString()).toContain('one')
      gate.resolve()
      for (let part = await reader?.read(); part && !part.done; ) part = await reader?.read()
    })
  })

  test('tools go there and back', async () => {
    const tools = [
      {
        type: 'function',
        function: {
          name: 'weather',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
        },
      },
    ]
    const charges = await newCharges(1, async () => {
      const response = await bench.post('/v1/chat/completions', { model: 'openai:tools', messages, tools })
      const answer = (await response.json()) as {
        choices: { message: { tool_calls: { function: { name: string } }[] } }[]
      }
      expect(answer.choices[0]?.message.tool_calls[0]?.function.name).toBe('weather')
    })
    expect(charges).toHaveLength(1)
    expect(bench.upstream.calls[0]?.json()).toMatchObject({ model: 'tools', tools })
  })

  test('Messages in its own dialect, with the key as x-api-key', async () => {
    const charges = await newCharges(1, async () => {
      const body = { model: 'claude-sonnet-4-6', max_tokens: 64, messages }
      const response = await bench.post('/v1/messages', body, { headers: { 'x-api-key': bench.token } })
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({ type: 'message', content: [{ text: 'hello big world' }] })
    })
    // Three tokens in at $3 and three out at $15, and the fee.
    expect(charges).toEqual(['0.000054300'])
    expect(bench.upstream.calls[0]?.headers['x-api-key']).toBe('sk-ant-upstream')
  })

  test('Chat Completions reaches an Anthropic model', async () => {
    const charges = await newCharges(1, async () => {
      const response = await bench.post('/v1/chat/completions', {
        ...chat,
        model: 'anthropic:claude-sonnet-4-6',
      })
      const answer = (await response.json()) as {
        object: string
        choices: { message: { content: string } }[]
      }
      expect(answer.object).toBe('chat.completion')
      expect(answer.choices[0]?.message.content).toBe('hello big world')
    })
    expect(charges).toEqual(['0.000054300'])
    expect(bench.upstream.calls[0]?.path).toBe('/v1/messages')
  })

  test("an error of the provider is free and speaks the client's dialect", async () => {
    bench.upstream.respond(json(500, { error: { message: 'boom', type: 'server_error' } }))
    const charges = await newCharges(1, async () => {
      const response = await bench.post('/v1/chat/completions', chat)
      expect(response.status).toBeGreaterThanOrEqual(500)
      expect(await response.json()).toMatchObject({ error: { message: expect.any(String) } })
    })
    expect(charges).toEqual(['0.000000000'])
  })

  test('no key, a bad key and an unknown model are refused before the provider hears of it', async () => {
    const refusals = [
      await bench.post('/v1/chat/completions', chat, { headers: { authorization: '' } }),
      await bench.post('/v1/chat/completions', chat, { headers: { authorization: 'Bearer tg_no' } }),
      await bench.post('/v1/chat/completions', { ...chat, model: 'gpt-4p' }),
    ]
    expect(refusals.map(({ status }) => status)).toEqual([401, 401, 404])
    expect(await refusals[2]?.text()).toContain('gpt-4o')
    expect(bench.upstream.calls).toHaveLength(0)
  })

  test('a client that leaves has its upstream aborted within 100 ms and pays for what came', async () => {
    const gate = new Promise<never>(() => {})
    bench.upstream.respond(stream([chunk('one '), chunk('two '), chunk('never')], { gate, gateAfter: 2 }))
    const charges = await newCharges(1, async () => {
      const controller = new AbortController()
      const arriving = bench.upstream.nextCall()
      const response = await bench.post(
        '/v1/chat/completions',
        { ...chat, stream: true },
        { signal: controller.signal },
      )
      const call = await arriving
      const reader = response.body?.getReader()
      await reader?.read()
      const leftAt = performance.now()
      controller.abort()
      await reader?.read().catch(() => {})
      await call.closed
      expect(call.aborted).toBe(true)
      expect((call.abortedAt ?? 0) - leftAt).toBeLessThan(100)
    })
    expect(Number(charges[0])).toBeGreaterThan(0)
  })

  test('a client that leaves before the answer has its upstream aborted too', async () => {
    bench.upstream.respond(hang)
    await newCharges(1, async () => {
      const controller = new AbortController()
      const arriving = bench.upstream.nextCall()
      const response = bench.post('/v1/chat/completions', chat, { signal: controller.signal })
      const call = await arriving
      controller.abort()
      await response.catch(() => {})
      await call.closed
      expect(call.aborted).toBe(true)
    })
  })

  test('a stream that is cut ends with an error frame, never with [DONE]', async () => {
    bench.upstream.respond(stream([chunk('one '), chunk('two ')], { cutAfter: 2 }))
    const charges = await newCharges(1, async () => {
      const response = await bench.post('/v1/chat/completions', { ...chat, stream: true })
      const text = await response.text()
      expect(text).toContain('two ')
      expect(text).toContain('"error"')
      expect(text).not.toContain('[DONE]')
    })
    expect(Number(charges[0])).toBeGreaterThan(0)
  })

  test('a cut before the first event is an honest status', async () => {
    bench.upstream.respond(stream([], { cutAfter: 0 }))
    const charges = await newCharges(1, async () => {
      const response = await bench.post('/v1/chat/completions', { ...chat, stream: true })
      expect(response.status).toBe(502)
      await response.text()
    })
    expect(charges).toEqual(['0.000000000'])
  })

  test('silence is bridged by heartbeats that clients skip', async () => {
    const gate = sleep(500)
    bench.upstream.respond(stream([chunk('one'), chunk('two'), 'data: [DONE]\n\n'], { gate, gateAfter: 1 }))
    await newCharges(1, async () => {
      const response = await bench.post('/v1/chat/completions', { ...chat, stream: true })
      expect(await response.text()).toMatch(/one[\s\S]*\n: ?.*\n[\s\S]*two/)
    })
  })

  test('a body above 32 MiB is refused with 413', async () => {
    const body = JSON.stringify({ ...chat, padding: 'x'.repeat(33 * 1024 * 1024) })
    const response = await bench.post('/v1/chat/completions', body).catch((error: unknown) => error)
    // A client that is still sending may see the connection close before it reads the answer.
    if (response instanceof Response) {
      expect(response.status).toBe(413)
      await response.text()
    } else expect(response).toBeInstanceOf(TypeError)
    expect(bench.upstream.calls).toHaveLength(0)
  })

  test('a large body goes through whole', async () => {
    const content = 'word '.repeat(200_000)
    await newCharges(1, async () => {
      const response = await bench.post('/v1/chat/completions', {
        ...chat,
        model: 'gpt-4.1',
        max_tokens: 10,
        messages: [{ role: 'user', content }],
      })
      expect(response.status).toBe(200)
      await response.text()
    })
    expect(bench.upstream.calls[0]?.json()).toMatchObject({ messages: [{ content }] })
  })

  test.skipIf(host.parses === 'value')('huge integers and spacing are kept byte for byte', async () => {
    const body =
      '{ "model":"gpt-4o", "seed": 12345678901234567890, "temperature": 1.0, "messages":[{"role":"user","content":"hi"}] }'
    await newCharges(1, async () => {
      const response = await bench.post('/v1/chat/completions', body)
      expect(response.status).toBe(200)
      await response.text()
    })
    expect(bench.upstream.calls[0]?.body.toString()).toBe(body)
  })

  test.each(['{}', '', '[]', 'null', '{"model":1}'])('the body %j is a clear 400', async (body) => {
    const response = await bench.post('/v1/chat/completions', body)
    expect(response.status).toBe(400)
    const text = await response.text()
    // A strict parser in front refuses what is neither object nor array, in its own words.
    if (!host.parses || body !== 'null')
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'invalid_request' } })
    expect(bench.upstream.calls).toHaveLength(0)
  })

  test('a body without a content type is read, whatever a parser in front makes of it', async () => {
    await newCharges(1, async () => {
      const body = new Blob([JSON.stringify(chat)])
      const response = await bench.fetch(`${bench.url}/v1/chat/completions`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${bench.token}` },
      })
      expect(response.status).toBe(200)
      await response.text()
    })
    expect(bench.upstream.calls[0]?.json()).toEqual(chat)
  })

  test('a gzip body is read', async () => {
    await newCharges(1, async () => {
      const response = await bench.post('/v1/chat/completions', chat, {
        body: gzipSync(JSON.stringify(chat)),
        headers: { 'content-encoding': 'gzip' },
      })
      expect(response.status).toBe(200)
      await response.text()
    })
    expect(bench.upstream.calls[0]?.json()).toEqual(chat)
    expect(bench.upstream.calls[0]?.headers['content-encoding']).toBeUndefined()
  })

  test.skipIf(host.socketless)(
    'one connection carries call after call, streams and errors included',
    async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const ports = new Set<number | undefined>()
      for (const body of [chat, { ...chat, stream: true }, { ...chat, model: 'nope' }, chat]) {
        ports.add(await postThrough(agent, bench, body))
      }
      agent.destroy()
      expect(ports.size).toBe(1)
      await bench.charges(0)
    },
  )

  test('models are listed for the key, and one by one', async () => {
    const headers = { authorization: `Bearer ${bench.token}` }
    const list = await bench.fetch(`${bench.url}/v1/models`, { headers })
    const { data } = (await list.json()) as { data: { id: string }[] }
    expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining(['gpt-4o', 'claude-sonnet-4-6', 'tools']))
    const one = await bench.fetch(`${bench.url}/v1/models/gpt-4o`, { headers })
    expect(await one.json()).toMatchObject({ id: 'gpt-4o', object: 'model' })
    const none = await bench.fetch(`${bench.url}/v1/models/gpt-9`, { headers })
    expect(none.status).toBe(404)
  })

  test('tokens are counted by the provider, for nothing', async () => {
    bench.upstream.respond(json(200, { input_tokens: 12 }))
    const charges = await newCharges(0, async () => {
      const response = await bench.post('/v1/messages/count_tokens', { model: 'claude-sonnet-4-6', messages })
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({ input_tokens: 12 })
    })
    expect(charges).toEqual([])
    expect(bench.upstream.calls[0]?.path).toBe('/v1/messages/count_tokens')
  })

  test('the wrong method is 405', async () => {
    const response = await bench.fetch(`${bench.url}/v1/chat/completions`)
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })

  test('other paths fall through to the host', async () => {
    const response = await bench.fetch(new URL('/host', bench.url))
    if (host.socketless) expect(response.status).toBe(404)
    else expect(await response.json()).toEqual({ host: true })
  })
})

function postThrough(agent: Agent, bench: Bench, body: unknown): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${bench.token}`, 'content-type': 'application/json' }
    const request = httpRequest(`${bench.url}/v1/chat/completions`, { method: 'POST', agent, headers })
    request.on('response', (response) => {
      const port = request.socket?.localPort
      response.resume().on('end', () => resolve(port))
    })
    request.on('error', reject)
    request.end(JSON.stringify(body))
  })
}

describe('what a host has set up stays as it is', () => {
  test.each(hosts.filter(({ name }) => name.startsWith('Fastify')))(
    '$name: sibling routes keep their parser',
    async (host) => {
      const bench = await startBench(host)
      const response = await fetch(new URL('/sibling', bench.url), {
        method: 'POST',
        body: '{"kept":true}',
        headers: { 'content-type': 'application/json' },
      })
      expect(await response.json()).toEqual({ parsed: { kept: true } })
      await bench.stop()
    },
  )

  test.each(hosts.filter(({ name }) => /^(Fastify|Koa$)/.test(name)))(
    '$name: CORS headers reach the client',
    async (host) => {
      const bench = await startBench(host)
      for (const body of [chat, { ...chat, stream: true }, { ...chat, model: 'nope' }]) {
        const response = await bench.post('/v1/chat/completions', body, {
          headers: { origin: 'https://app.example' },
        })
        await response.text()
        expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example')
      }
      const preflight = await fetch(`${bench.url}/v1/chat/completions`, {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
      })
      expect(preflight.status).toBe(204)
      await bench.stop()
    },
  )
})
