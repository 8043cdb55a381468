import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { json } from '../upstream/answer.ts'
import { type PassBench, startPassBench } from './bench.ts'

const boundary = 'x-boundary'
const part = (disposition: string, value: string, more = '') =>
  `--${boundary}\r\ncontent-disposition: ${disposition}\r\n${more}\r\n${value}\r\n`
const end = `--${boundary}--\r\n`
const file = (bytes = 10) => part('form-data; name="file"; filename="a.wav"', 'a'.repeat(bytes))
const model = (name = 'whisper-1') => part('form-data; name="model"', name)

describe('forms that two readers could read differently', () => {
  let bench: PassBench
  beforeAll(async () => {
    bench = await startPassBench()
  })
  afterAll(() => bench.stop())
  beforeEach(() => {
    bench.upstream.respond(json(200, { text: 'hello', usage: { type: 'duration', seconds: 1 } }))
    bench.upstream.calls.length = 0
  })
  const send = (
    body: string,
    type = `multipart/form-data; boundary=${boundary}`,
    path = '/v1/audio/transcriptions',
  ) =>
    bench.fetch(bench.url + path, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${bench.token}`, 'content-type': type },
    })

  test.each([
    ['two models', model() + file() + model('gpt-4o-transcribe') + end],
    ['two models in front of the file', model() + model('gpt-4o-transcribe') + file() + end],
    [
      'a model in other letters',
      model() + file() + part('form-data; name="Model"', 'gpt-4o-transcribe') + end,
    ],
    ['a list of models', model() + file() + part('form-data; name="model[]"', 'gpt-4o-transcribe') + end],
    ['a model that is a file', part('form-data; name="model"; filename="m"', 'whisper-1') + file() + end],
    ['a name without quotes', part('form-data; name=model', 'whisper-1') + file() + end],
    ['an extended name', part(`form-data; name*=utf-8''model`, 'whisper-1') + file() + end],
    ['two names', part('form-data; name="a"; name="model"', 'whisper-1') + file() + end],
    [
      'two dispositions',
      part('form-data; name="a"', 'x', 'content-disposition: form-data; name="model"\r\n') + end,
    ],
    [
      'an encoded part',
      part('form-data; name="model"', 'd2hpc3Blci0x', 'content-transfer-encoding: base64\r\n') + end,
    ],
    [
      'another charset',
      part('form-data; name="model"', 'whisper-1', 'content-type: text/plain; charset=utf-7\r\n') + end,
    ],
    ['text in front', `preamble\r\n${model()}${file()}${end}`],
    ['text behind a boundary', `${model()}--${boundary} x\r\n${file()}${end}`],
    ['no end', model() + file()],
    ['no model', file() + end],
    [
      'a format without usage behind the file',
      model() + file() + part('form-data; name="response_format"', 'srt') + end,
    ],
  ])('%s', async (_name, body) => {
    const response = await send(body)
    expect(response.status).toBe(400)
    expect(bench.upstream.calls).toEqual([])
    // What was tried is in the ledger, at no charge.
    for (const row of await bench.rows('acme', 0))
      expect(row).toMatchObject({ amount: '0.000000000', status: 'failed' })
  })

  test('boundaries that are not clear, and what is neither form nor JSON', async () => {
    for (const type of [
      'multipart/form-data',
      `multipart/form-data; boundary=a; boundary=${boundary}`,
      `multipart/mixed; boundary=${boundary}`,
      `multipart/form-data; charset=utf-16; boundary=${boundary}`,
    ]) {
      expect((await send(model() + file() + end, type)).status).toBe(400)
    }
    expect((await send('model=whisper-1', 'application/x-www-form-urlencoded')).status).toBe(400)
    expect((await send(model() + end, undefined, '/v1/images/generations')).status).toBe(415)
    expect(bench.upstream.calls).toEqual([])
  })

  test('a form that says no more behind its file goes through while it comes', async () => {
    const response = await send(model() + file(3_000_000) + part('form-data; name="language"', 'en') + end)
    expect(response.status).toBe(200)
    expect(bench.upstream.calls[0]?.body.length).toBeGreaterThan(3_000_000)
  })

  test('a form that asks for what has no meter behind a long file breaks off, and is free', async () => {
    const late = part('form-data; name="response_format"', 'srt')
    expect((await send(model() + file(3_000_000) + late + end)).status).toBe(400)
    expect((await send(model() + file(3_000_000) + model() + end)).status).toBe(400)
    expect(bench.upstream.calls).toEqual([])
    expect((await bench.gateway.credits.balance('acme')).held).toBe('0.000000000')
    for (const row of await bench.rows('acme', 0))
      expect(row.status === 'failed').toBe(row.amount === '0.000000000')
  })

  test('a form that is too long is refused before anything is sent', async () => {
    expect((await send(file(34_000_000) + model() + end)).status).toBe(413)
    expect(bench.upstream.calls).toEqual([])
  })
})

describe('requests for something else', () => {
  let bench: PassBench
  beforeAll(async () => {
    bench = await startPassBench()
    bench.upstream.respond(json(200, { id: 'file-1' }))
  })
  afterAll(() => bench.stop())

  test.each(['/v1/files/..', '/v1/files/%2e%2e', '/v1/files/.', '/v1/files/%2e/content'])(
    '%s is no way up',
    async (path) => {
      bench.upstream.calls.length = 0
      const status = await rawGet(bench, path)
      expect([400, 404]).toContain(status)
      expect(bench.upstream.calls).toEqual([])
    },
  )

  test('an upgrade with a body, of another protocol or without a key is no upgrade', async () => {
    const { port } = new URL(bench.url)
    const ask = (lines: string[]) =>
      new Promise<string>((resolve) => {
        let text = ''
        const socket = connect(Number(port), '127.0.0.1', () => {
          socket.write(
            [
              'GET /v1/realtime?model=gpt-realtime HTTP/1.1',
              'host: x',
              `authorization: Bearer ${bench.token}`,
              'connection: upgrade',
              ...lines,
              '',
              '',
            ].join('\r\n'),
          )
        })
        socket.on('data', (data) => {
          text += data
        })
        socket.on('close', () => resolve(text))
      })
    const key = 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='
    const version = 'sec-websocket-version: 13'
    expect(await ask(['upgrade: websocket', key, version, 'content-length: 5'])).toMatch(/^HTTP\/1.1 400 /)
    expect(await ask(['upgrade: websocket', key, version, 'transfer-encoding: chunked'])).toMatch(
      /^HTTP\/1.1 400 /,
    )
    expect(await ask(['upgrade: h2c', key, version])).toMatch(/^HTTP\/1.1 400 /)
    expect(await ask(['upgrade: websocket', version])).toMatch(/^HTTP\/1.1 400 /)
    expect(await ask(['upgrade: websocket', key, 'sec-websocket-version: 8'])).toMatch(/^HTTP\/1.1 400 /)
  })

  test('a WebSocket that is asked for without an upgrade says what it is', async () => {
    const response = await bench.gateway.fetch('http://gateway/v1/realtime?model=gpt-realtime')
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('is a WebSocket')
  })

  test("without a version in front, these names are the host's", async () => {
    const headers = { authorization: `Bearer ${bench.ownToken}` }
    for (const path of ['/files', '/files/file-1', '/batches', '/videos', '/uploads']) {
      expect(await (await fetch(bench.url + path, { headers })).text()).toBe('{"host":true}')
    }
    expect((await fetch(`${bench.url}/v1/v1/files`, { headers })).status).toBe(200)
    expect((await fetch(`${bench.url}/v1/files`, { method: 'PUT', headers })).status).toBe(405)
  })
})

/** As it is written: clients tidy paths up. */
function rawGet({ url, ownToken }: PassBench, path: string): Promise<number> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ownToken}\r\nconnection: close\r\n\r\n`,
      )
    })
    socket.on('data', (data) => {
      text += data
    })
    socket.on('close', () => resolve(Number(text.split(' ')[1])))
  })
}
