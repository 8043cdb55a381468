import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { json } from '../upstream/answer.ts'

const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] })
const chat = '/v1/chat/completions'

/** What a client could try to slip past the gateway. */
const smuggled = {
  'x-api-key': 'sk-other',
  'openai-organization': 'org-other',
  'openai-project': 'proj-other',
  'api-key': 'azure-other',
  'x-goog-api-key': 'google-other',
  'proxy-authorization': 'Basic b3RoZXI=',
  cookie: 'session=other',
  'x-forwarded-for': '10.0.0.1',
  'x-forwarded-host': 'evil.example',
  'x-http-method-override': 'DELETE',
  'x-original-url': '/v1/files',
  forwarded: 'for=10.0.0.1',
  via: '1.1 evil.example',
  range: 'bytes=0-1',
  referer: 'https://app.example/secret-page',
}

describe.each(hosts)('headers, through $name', (host) => {
  let bench: Bench
  beforeAll(async () => {
    bench = await startBench(host)
  })
  afterAll(() => bench.stop())
  beforeEach(() => {
    bench.upstream.respond()
    bench.upstream.calls.length = 0
  })

  test('only what is listed goes upstream, with the one credential that is ours', async () => {
    const response = await bench.post(chat, body, { headers: smuggled })
    expect(response.status).toBe(200)
    await response.text()
    const sent = bench.upstream.calls[0]?.headers ?? {}
    const listed = Object.keys(sent).filter((name) => name !== 'accept')
    expect(listed.sort()).toEqual([
      'accept-encoding',
      'authorization',
      'content-length',
      'content-type',
      'host',
      'tollgate-via',
      'user-agent',
    ])
    expect(sent.authorization).toBe('Bearer sk-upstream')
    expect(sent.host).toBe(new URL(bench.upstream.url).host)
    expect(JSON.stringify(sent)).not.toMatch(/other|evil|tg_|secret-page/)
  })

  test('the upstream sets neither cookies nor anything else that is its own business', async () => {
    const headers = {
      'set-cookie': 'upstream=1; Path=/',
      'openai-organization': 'operators-org',
      'x-ratelimit-remaining-requests': '5',
      'strict-transport-security': 'max-age=1',
      'alt-svc': 'h3=":443"',
      server: 'upstream',
      'content-encoding': 'identity',
    }
    bench.upstream.respond(json(200, completion, { headers }))
    const response = await bench.post(chat, body)
    await response.text()
    expect(response.status).toBe(200)
    const names = [...response.headers.keys()]
    for (const name of Object.keys(headers)) expect(names).not.toContain(name)
  })

  test('two access keys in one request are refused', async () => {
    const { token } = await bench.gateway.keys.create({ account: 'acme' })
    const response = await bench.post(chat, body, { headers: { 'x-api-key': token } })
    expect(response.status).toBe(401)
    await response.text()
    expect(bench.upstream.calls).toHaveLength(0)
  })

  test.skipIf(host.socketless).each([
    ['two lengths that disagree', 'content-length: 5\r\ncontent-length: 6\r\n\r\nhello!'],
    ['a length and chunks', 'content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['chunks under a false name', 'transfer-encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a line of its own in a header', 'x-a: b\nx-api-key: c\r\ncontent-length: 0\r\n\r\n'],
  ])('%s do not get through', async (_name, rest) => {
    expect(await sendRaw(bench, `content-length: ${body.length}\r\n\r\n${body}`)).toBe(200)
    bench.upstream.calls.length = 0
    expect(await sendRaw(bench, rest)).toBe(400)
    expect(bench.upstream.calls).toHaveLength(0)
  })

  test.each(['/v1/chat/completions/../files', '/v1/files', '/v1/chat//completions', '/v1/models/../files'])(
    'the path %s reaches no provider',
    async (path) => {
      const response = await bench.post(path, body)
      await response.text()
      expect(bench.upstream.calls).toHaveLength(0)
    },
  )
})

const completion = {
  id: 'c',
  object: 'chat.completion',
  model: 'gpt-4o',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
}

/** A request with framing that no client library would send; resolves to the status of the first answer. */
function sendRaw(bench: Bench, rest: string): Promise<number> {
  const { port, pathname, hostname } = new URL(`${bench.url}${chat}`)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])))
    socket.on('error', reject)
    const head = `POST ${pathname} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${bench.token}\r\nconnection: close\r\n`
    socket.write(head + rest)
  })
}
