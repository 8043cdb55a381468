import { request as httpRequest } from 'node:http'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'

const messages = [{ role: 'user', content: 'hi' }]
const chat = '/v1/chat/completions'

/** So many arrays in one another. */
const nested = (depth: number) =>
  `{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],"metadata":${'['.repeat(depth)}${']'.repeat(depth)}}`

describe.each(hosts)('bodies made to harm, against $name', (host) => {
  let bench: Bench
  beforeAll(async () => {
    bench = await startBench(host)
  })
  afterAll(async () => {
    const { available } = await bench.gateway.credits.balance('acme')
    const charges = await bench.charges(0)
    const nano = (usd: string) => BigInt(usd.replace('.', ''))
    expect(nano(available)).toBe(charges.reduce((left, charge) => left - nano(charge), nano('100.000000000')))
    await bench.stop()
  })
  beforeEach(() => {
    bench.upstream.calls.length = 0
  })

  /** Nothing reached the provider, and the next honest call is served. */
  async function standsFirm(): Promise<void> {
    expect(bench.upstream.calls).toHaveLength(0)
    const response = await bench.post(chat, { model: 'gpt-4o', messages })
    expect(response.status).toBe(200)
    await response.text()
  }

  const escaped = '"mod\\u0065l"'
  test.each([
    ['twice', `{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],"model":"gpt-4o"}`],
    [
      'with an escape',
      `{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],${escaped}:"gpt-4o"}`,
    ],
    [
      'in other letters',
      `{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],"Model":"gpt-4o"}`,
    ],
  ])('a model named %s is never billed as one and run as another', async (_name, body) => {
    const response = await bench.post(chat, body)
    await response.text()
    if (response.status === 400) return standsFirm()
    // A parser in front has kept the last one: that one is both billed and run.
    expect(host.parses).toBe('value')
    expect(response.headers.get('tollgate-model')).toBe(`openai:${bench.upstream.calls[0]?.json().model}`)
  })

  test('__proto__ and constructor are members like any other', async () => {
    const members =
      '"__proto__":{"model":"gpt-4o","stream":true},"constructor":{"prototype":{"model":"gpt-4o"}}'
    const without = await bench.post(chat, `{${members},"messages":[{"role":"user","content":"hi"}]}`)
    expect(without.status).toBe(400)
    await without.text()
    expect(bench.upstream.calls).toHaveLength(0)
    const body = `{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],${members}}`
    const response = await bench.post(chat, body)
    // Some parsers refuse such members by themselves.
    expect(host.parses ? [200, 400] : [200]).toContain(response.status)
    expect(response.headers.get('content-type')).not.toContain('event-stream')
    await response.text()
    expect(({} as { model?: unknown }).model).toBeUndefined()
    if (!host.parses) expect(bench.upstream.calls[0]?.body.toString()).toBe(body)
  })

  test.each([
    ['__proto__', 404],
    ['constructor', 404],
    ['toString', 404],
    ['__proto__:gpt-4o', 404],
    // A model that nobody has priced, and no name at all.
    ['openai:__proto__', 403],
    ['gpt-4o\r\nx: 1', 400],
  ])('the model %j is refused with %i', async (model, status) => {
    const response = await bench.post(chat, { model, messages })
    expect(response.status).toBe(status)
    expect(response.headers.get('x')).toBeNull()
    await response.text()
    await standsFirm()
  })

  test.each([600, 10_000, 1_000_000])('%i levels of nesting are refused', async (depth) => {
    const response = await bench.post(chat, nested(depth))
    expect(response.status).toBe(400)
    await response.text()
    await standsFirm()
  })

  // A parser in front undoes encodings itself, within limits of its own.
  test.skipIf(host.parses).each([
    ['gzip', () => gzipSync(Buffer.alloc(256 << 20))],
    [
      'br',
      () => brotliCompressSync(Buffer.alloc(256 << 20), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    ],
  ])('a bomb in %s is defused', async (encoding, compress) => {
    const body = compress()
    const before = process.memoryUsage().rss
    const response = await bench.post(chat, '', {
      body,
      headers: { 'content-encoding': encoding },
    })
    expect(response.status).toBe(413)
    await response.text()
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20)
    await standsFirm()
  })

  test.skipIf(host.parses)('an encoding within an encoding is refused', async () => {
    const body = gzipSync(gzipSync(JSON.stringify({ model: 'gpt-4o', messages })))
    const headers = { 'content-encoding': 'gzip, gzip' }
    const response = await bench.post(chat, '', { body, headers })
    expect(response.status).toBe(415)
    await response.text()
    await standsFirm()
  })

  test.skipIf(host.parses)('damaged data is a clear 400', async () => {
    const body = gzipSync(JSON.stringify({ model: 'gpt-4o', messages })).subarray(0, -9)
    const response = await bench.post(chat, '', { body, headers: { 'content-encoding': 'gzip' } })
    expect(response.status).toBe(400)
    await response.text()
    await standsFirm()
  })

  test('another charset than UTF-8, in which the provider could read another model, is refused', async () => {
    const body = Buffer.from(JSON.stringify({ model: 'gpt-4o', messages }), 'utf16le')
    const headers = { 'content-type': 'application/json; charset=utf-16' }
    const response = await bench.post(chat, '', { body, headers })
    expect([400, 415]).toContain(response.status)
    await response.text()
  })

  test.skipIf(host.socketless)('33 MiB without an announced length are refused as well', async () => {
    const status = await postChunks(bench, 33)
    expect(['closed', 413]).toContain(status)
    await standsFirm()
  })
})

/** Sends so many MiB in chunks; resolves to the status, or to `closed` when the server hung up first. */
function postChunks(bench: Bench, mebibytes: number): Promise<number | 'closed'> {
  return new Promise((resolve) => {
    const headers = {
      authorization: `Bearer ${bench.token}`,
      'content-type': 'application/json',
      'transfer-encoding': 'chunked',
    }
    const request = httpRequest(`${bench.url}${chat}`, { method: 'POST', headers })
    request.on('response', (response) => resolve(response.resume().statusCode ?? 0))
    request.on('error', () => resolve('closed'))
    request.write('{"model":"gpt-4o","messages":[],"padding":"')
    for (let sent = 0; sent < mebibytes; sent++) request.write('x'.repeat(1 << 20))
    request.end('"}')
  })
}
