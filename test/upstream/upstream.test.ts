import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { destroy, hang, json, rateLimited, stream, text } from './answer.ts'
import { type Script, startUpstream, type Upstream } from './upstream.ts'

let upstream: Upstream
afterEach(() => upstream.close())

const start = async (script?: Script) => {
  upstream = await startUpstream(script)
  return upstream
}
const post = (path: string, body: unknown, signal?: AbortSignal) =>
  fetch(upstream.url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-test': 'yes' },
    signal: signal ?? null,
  })

describe('scripted answers', () => {
  it('records what it was asked and answers in the order of the script', async () => {
    await start([rateLimited(1500), json(200, { ok: true })])
    const limited = await post('/v1/x?beta=true', { n: 1 })
    expect([
      limited.status,
      limited.headers.get('retry-after'),
      limited.headers.get('retry-after-ms'),
    ]).toEqual([429, '2', '1500'])
    expect(await (await post('/v1/x', {})).json()).toEqual({ ok: true })
    expect(await (await post('/v1/x', {})).json()).toEqual({ ok: true })
    const [first] = upstream.calls
    expect(upstream.calls).toHaveLength(3)
    expect(first).toMatchObject({ method: 'POST', path: '/v1/x?beta=true', aborted: false })
    expect(first?.headers['x-test']).toBe('yes')
    expect(first?.json()).toEqual({ n: 1 })
  })

  it('sends text, HTML and compressed bodies', async () => {
    await start([text(502, '<h1>Bad Gateway</h1>'), text(503, 'no'), json(200, { a: 1 }, { gzip: true })])
    expect((await post('/', {})).headers.get('content-type')).toBe('text/html')
    expect((await post('/', {})).headers.get('content-type')).toBe('text/plain')
    const compressed = await post('/', {})
    expect(compressed.headers.get('content-encoding')).toBe('gzip')
    expect(await compressed.json()).toEqual({ a: 1 })
  })

  it('destroys the socket before and within an answer, and does not call that an abort', async () => {
    await start([
      destroy,
      json(200, { long: 'body' }, { cutAfter: 5 }),
      stream(['a', 'b', 'c'], { cutAfter: 2 }),
    ])
    await expect(post('/', {})).rejects.toThrow()
    await expect((await post('/', {})).text()).rejects.toThrow()
    const cut = await post('/', {})
    const seen: string[] = []
    await expect(async () => {
      for await (const chunk of cut.body ?? []) seen.push(Buffer.from(chunk).toString())
    }).rejects.toThrow()
    expect(seen.join('')).toBe('ab')
    expect(upstream.calls.map((call) => call.aborted)).toEqual([false, false, false])
  })

  it('frames with CRLF and splits by event, by byte or not at all', async () => {
    const events = ['data: ä\n\n', 'data: b\n\n']
    await start((call) => stream(events, call.json()))
    const whole = events.join('')
    expect(await (await post('/', { split: 'byte' })).text()).toBe(whole)
    expect(await (await post('/', { split: 'whole' })).text()).toBe(whole)
    expect(await (await post('/', { framing: 'crlf' })).text()).toBe(whole.replaceAll('\n', '\r\n'))
  })

  it('paces events and holds them back behind a gate', async () => {
    const gate = Promise.withResolvers<void>()
    await start([
      stream(['a', 'b'], { gate: gate.promise, gateAfter: 1 }),
      stream(['a', 'b', 'c'], { paceMs: 20 }),
    ])
    const reader = (await post('/', {})).body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('a')
    const second = reader?.read()
    expect(await Promise.race([second, sleep(50, 'nothing yet')])).toBe('nothing yet')
    gate.resolve()
    expect(Buffer.from((await second)?.value ?? []).toString()).toBe('b')
    const begun = performance.now()
    expect(await (await post('/', {})).text()).toBe('abc')
    expect(performance.now() - begun).toBeGreaterThan(35)
  })
})

describe('what it sees of its caller', () => {
  it.each([
    ['before the headers', hang],
    ['within a silent stream', stream(['a'], { stallAfter: 1 })],
  ])('notes that the caller left %s, and when', async (_name, answer) => {
    await start(answer)
    const leaving = new AbortController()
    const answered = post('/', {}, leaving.signal).catch(() => undefined)
    const call = await upstream.nextCall()
    await sleep(30)
    expect(call.aborted).toBe(false)
    const left = performance.now()
    leaving.abort()
    await call.closed
    await answered
    expect(call.aborted).toBe(true)
    expect(call.abortedAt).toBeGreaterThanOrEqual(left)
  })

  it('counts how often it had to wait for a slow reader', async () => {
    const pieces = Array.from({ length: 200 }, () => 'x'.repeat(100_000))
    await start(stream(pieces))
    const response = await post('/', {})
    await sleep(200)
    const [call] = upstream.calls
    expect(call?.drainWaits).toBeGreaterThan(0)
    expect(call?.bytesSent).toBeLessThan(20_000_000)
    expect((await response.text()).length).toBe(20_000_000)
    expect(call?.bytesSent).toBe(20_000_000)
  })
})

describe('without a script it is a provider', () => {
  it('echoes under the name of any model, by path', async () => {
    await start()
    const messages = [{ role: 'user', content: 'two words' }]
    const chat = await (await post('/v1/chat/completions', { model: 'gpt-4o', messages })).json()
    expect(chat).toMatchObject({ model: 'gpt-4o', choices: [{ message: { content: 'two words' } }] })
    const claude = { model: 'claude-sonnet-4-5', max_tokens: 9, messages, stream: true }
    const answer = await post('/v1/messages', claude)
    expect(answer.headers.get('request-id')).toMatch(/^req_/)
    expect(await answer.text()).toContain('"model":"claude-sonnet-4-5"')
    const vectors = await (
      await post('/v1/embeddings', { model: 'text-embedding-3-small', input: 'a' })
    ).json()
    expect(vectors.data).toHaveLength(1)
    expect((await (await fetch(`${upstream.url}/v1/models`)).json()).data[0].id).toBe('gpt-4o')
  })

  it('fails as the sandbox does', async () => {
    await start()
    expect((await post('/v1/responses', { model: 'fail-500', input: 'x' })).status).toBe(500)
    const cut = await post('/v1/responses', { model: 'fail-cut', input: 'x', stream: true })
    await expect(cut.text()).rejects.toThrow()
  })
})
