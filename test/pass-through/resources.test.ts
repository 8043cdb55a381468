import { randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hosts } from '../adapters/servers.ts'
import { destroy, hang, json } from '../upstream/answer.ts'
import { type PassBench, startPassBench } from './bench.ts'

const large = randomBytes(2_000_000)

describe.each(hosts)('files, batches and videos, through $name', (host) => {
  let bench: PassBench
  let settled = 0
  beforeAll(async () => {
    bench = await startPassBench(host)
  })
  afterAll(() => bench.stop())
  beforeEach(async () => {
    bench.upstream.respond(json(200, { id: 'made', object: 'anything', data: [] }))
    bench.upstream.calls.length = 0
    settled = (await bench.rows('owner', 0)).length
  })
  const own = (path: string, init: RequestInit = {}) =>
    bench.fetch(bench.url + path, {
      ...init,
      headers: { authorization: `Bearer ${bench.ownToken}`, ...(init.headers as Record<string, string>) },
    })

  test('the official client uploads, reads, fetches and deletes files on an own key, a row each', async () => {
    await bench.own.files.create({ file: await toFile(large, 'large.jsonl'), purpose: 'batch' })
    const [call] = bench.upstream.calls
    const type = String(call?.headers['content-type'])
    const form = await new Response(new Uint8Array(call?.body ?? []), {
      headers: { 'content-type': type },
    }).formData()
    expect(Buffer.from(await (form.get('file') as File).arrayBuffer()).equals(large)).toBe(true)
    expect(call?.headers.authorization).toBe('Bearer sk-owners-own')
    await bench.own.files.list()
    await bench.own.files.retrieve('file-1')
    bench.upstream.respond({
      kind: 'body',
      status: 200,
      headers: {
        'content-type': 'application/octet-stream',
        'content-disposition': 'attachment; filename=x',
      },
      body: large,
    })
    const content = await bench.own.files.content('file-1')
    expect(content.headers.get('content-disposition')).toBe('attachment; filename=x')
    expect(Buffer.from(await content.arrayBuffer()).equals(large)).toBe(true)
    bench.upstream.respond(json(200, { id: 'file-1', deleted: true }))
    await bench.own.files.delete('file-1')
    expect(bench.upstream.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/files',
      'GET /v1/files',
      'GET /v1/files/file-1',
      'GET /v1/files/file-1/content',
      'DELETE /v1/files/file-1',
    ])
    const rows = (await bench.rows('owner', settled + 5)).slice(settled)
    expect(rows).toHaveLength(5)
    for (const row of rows) {
      expect(row).toMatchObject({
        amount: '0.000000000',
        dialect: 'openai-resources',
        credential: 'own',
        model: 'files',
      })
    }
  })

  test('batches, uploads and videos reach the provider that is named, in a header or in the query', async () => {
    await bench.own.batches.create({
      input_file_id: 'f',
      endpoint: '/v1/responses',
      completion_window: '24h',
    })
    await bench.own.batches.cancel('batch_1')
    await bench.own.uploads.create({ filename: 'a', bytes: 1, mime_type: 'text/plain', purpose: 'batch' })
    await bench.own.uploads.complete('upload_1', { part_ids: ['part_1'] })
    await bench.own.videos.retrieve('video_1')
    expect(bench.upstream.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/batches',
      'POST /v1/batches/batch_1/cancel',
      'POST /v1/uploads',
      'POST /v1/uploads/upload_1/complete',
      'GET /v1/videos/video_1',
    ])
    expect(bench.upstream.calls[0]?.json()).toMatchObject({ input_file_id: 'f' })
    await bench.gateway.providerKeys.create({
      account: 'owner',
      provider: 'second',
      name: 'other',
      value: 'sk-other-own',
    })
    bench.upstream.calls.length = 0
    await (await own('/v1/files?provider=second&limit=3')).text()
    await (await own('/v1/files', { headers: { 'tollgate-provider': 'second' } })).text()
    expect(bench.upstream.calls.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/second/v1/files?limit=3', 'Bearer sk-other-own'],
      ['/second/v1/files', 'Bearer sk-other-own'],
    ])
    expect((await own('/v1/files?provider=nobody')).status).toBe(403)
    expect((await own('/v1/files?provider=anthropic')).status).toBe(400)
  })

  test('compressed bodies go through as they are, and an id is one segment whatever is in it', async () => {
    if (host.parses === undefined) {
      const body = gzipSync('{"input_file_id":"f"}')
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
      expect((await own('/v1/batches', { method: 'POST', headers, body })).status).toBe(200)
      const [call] = bench.upstream.calls
      expect(call?.headers['content-encoding']).toBe('gzip')
      expect(call?.body.equals(body)).toBe(true)
    }
    bench.upstream.calls.length = 0
    await (await own('/v1/files/..%2Fmodels%3Fx%23y')).text()
    expect(bench.upstream.calls.map(({ path }) => path)).toEqual(['/v1/files/..%2Fmodels%3Fx%23y'])
  })

  test("the provider's refusals are the client's to read, without its host or its key", async () => {
    bench.upstream.respond(json(404, { error: { message: 'No such File: sk-owners-own', type: 'x' } }))
    const refused = await own('/v1/files/file-9')
    expect(refused.status).toBe(404)
    expect(await refused.text()).toContain('No such File: [redacted]')
    bench.upstream.respond(destroy)
    const body = 'a'.repeat(100_000)
    const broken = await own('/v1/files', { method: 'POST', body, headers: { 'content-type': 'text/plain' } })
    expect(broken.status).toBe(502)
    const text = await broken.text()
    expect(text).toContain('The connection to the provider openai failed.')
    expect(text).not.toMatch(/127\.0\.0\.1|ECONN|sk-/)
    bench.upstream.respond({
      kind: 'body',
      status: 302,
      headers: { location: 'http://evil.example/' },
      body: Buffer.alloc(0),
    })
    expect((await own('/v1/files/file-9/content', { redirect: 'manual' })).status).toBe(502)
    expect(bench.upstream.calls).toHaveLength(3)
  })
})

describe('bodies that stream', () => {
  let bench: PassBench
  beforeAll(async () => {
    bench = await startPassBench()
  })
  afterAll(() => bench.stop())
  beforeEach(() => {
    bench.upstream.calls.length = 0
  })

  /** Sends what `write` writes, and resolves to the status and body of the answer. */
  function upload(headers: Record<string, string>, path = '/v1/files') {
    const request = httpRequest(bench.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${bench.ownToken}`, ...headers },
    })
    const answer = new Promise<{ status: number | undefined; text: string; continued: boolean }>(
      (resolve, reject) => {
        let continued = false
        request.on('continue', () => {
          continued = true
        })
        request.on('error', reject)
        request.on('response', async (response) => {
          let text = ''
          for await (const chunk of response) text += chunk
          resolve({ status: response.statusCode, text, continued })
        })
      },
    )
    answer.catch(() => {})
    return { request, answer }
  }

  test('P25: 50 MB come and go at the pace of the slowest, and nobody keeps them', async () => {
    const size = 50_000_000
    bench.upstream.respond({
      kind: 'body',
      status: 200,
      headers: { 'content-type': 'application/octet-stream' },
      body: Buffer.alloc(size, 1),
    })
    const before = process.memoryUsage.rss()
    const downloaded = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(`${bench.url}/v1/files/file-1/content`, {
        headers: { authorization: `Bearer ${bench.ownToken}` },
      })
      request.on('response', async (response) => {
        let bytes = 0
        await sleep(300)
        // The scripted provider holds its 50 MB itself; nobody between it and a client that does not read takes them.
        expect(process.memoryUsage.rss() - before).toBeLessThan(size)
        for await (const chunk of response) bytes += (chunk as Buffer).length
        resolve(bytes)
      })
      request.on('error', reject).end()
    })
    expect(downloaded).toBe(size)
  })

  test('P22: who leaves in the middle of an upload takes the upstream with it', async () => {
    bench.upstream.respond(hang)
    const { request } = upload({ 'content-type': 'text/plain' })
    request.on('error', () => {})
    request.write('a'.repeat(100_000))
    await sleep(100)
    request.destroy()
    await expect.poll(async () => (await bench.gateway.credits.balance('owner')).held).toBe('0.000000000')
    expect(bench.upstream.calls).toEqual([])
  })

  test('P22: who leaves while the provider thinks does, too', async () => {
    bench.upstream.respond(hang)
    const { request } = upload({ 'content-type': 'text/plain' })
    request.on('error', () => {})
    request.end('abc')
    await expect.poll(() => bench.upstream.calls.length).toBe(1)
    request.destroy()
    await expect.poll(() => bench.upstream.calls[0]?.aborted).toBe(true)
  })

  test('a client that waits to be asked for its body is asked', async () => {
    bench.upstream.respond(json(200, { id: 'file-1' }))
    const { request, answer } = upload({
      'content-type': 'text/plain',
      expect: '100-continue',
      'content-length': '3',
    })
    request.flushHeaders()
    request.on('continue', () => request.end('abc'))
    expect(await answer).toMatchObject({ status: 200, continued: true })
    expect(bench.upstream.calls[0]?.headers).not.toHaveProperty('expect')
    expect(bench.upstream.calls[0]?.headers['content-length']).toBe('3')
  })

  test('P21: of the client nothing goes upstream but what is listed', async () => {
    bench.upstream.respond(
      json(
        200,
        { id: 'file-1' },
        { headers: { 'set-cookie': 'a=b', 'x-internal': 'y', connection: 'close' } },
      ),
    )
    const { request, answer } = upload({
      'content-type': 'text/plain',
      cookie: 'session=other',
      'x-api-key': bench.ownToken,
      'proxy-authorization': 'Basic other',
      'x-forwarded-for': '10.0.0.1',
      'openai-organization': 'org-other',
      te: 'trailers',
      connection: 'x-hop, close',
      'x-hop': 'other',
    })
    request.end('abc')
    expect((await answer).status).toBe(200)
    const names = Object.keys(bench.upstream.calls[0]?.headers ?? {}).sort()
    expect(names).toEqual([
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'tollgate-via',
      'user-agent',
    ])
    expect(bench.upstream.calls[0]?.headers.authorization).toBe('Bearer sk-owners-own')
    expect(bench.upstream.calls[0]?.headers.host).toBe(new URL(bench.upstream.url).host)
    expect(JSON.stringify(bench.upstream.calls[0]?.headers)).not.toMatch(/other|tg_|10\.0/)
  })

  test('an answer that comes before the body has ended is the answer', async () => {
    bench.upstream.respond(json(200, {}))
    const { request, answer } = upload({ 'content-type': 'text/plain', authorization: 'Bearer tg_nobody' })
    request.write('a'.repeat(50_000))
    expect((await answer).status).toBe(401)
    request.destroy()
  })
})
