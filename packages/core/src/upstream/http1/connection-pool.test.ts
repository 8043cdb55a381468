import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { bodyOf } from '../../bytes/body-bytes.ts'
import type { UpstreamControl, UpstreamRequest } from '../transport.ts'
import { type ConnectionPool, createConnectionPool } from './connection-pool.ts'

/** What one caller saw. */
interface Answer {
  readonly log: string[]
  readonly body: () => string
  readonly error: () => (Error & { code?: string }) | undefined
  readonly control: UpstreamControl
  readonly over: Promise<void>
}

const cleanUps: (() => void)[] = []
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
})

/** Plays one request on one connection; `requests` counts all of the server. */
type Play = (socket: Socket, place: { readonly connection: number; readonly request: number }) => void

interface Scripted {
  readonly origin: string
  readonly connections: () => number
  readonly received: string[]
}

/** A server of plain sockets: every read that ends a request is played, whatever is in it. */
async function serve(play: Play): Promise<Scripted> {
  let connections = 0
  const received: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const connection = ++connections
    let request = 0
    sockets.add(socket)
    socket
      .on('error', () => {})
      .on('data', (bytes) => {
        received.push(bytes.toString('latin1'))
        if (/^(POST|GET) /.test(bytes.toString('latin1'))) play(socket, { connection, request: ++request })
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, connections: () => connections, received }
}

function poolOf(origin: string, times = { connect: 2000, idle: 5000 }): ConnectionPool {
  const pool = createConnectionPool(origin, times)
  cleanUps.push(() => pool.close())
  return pool
}

function send(pool: ConnectionPool, more: Partial<UpstreamRequest> = {}): Answer {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const log: string[] = []
  let body = ''
  let error: Error | undefined
  let control!: UpstreamControl
  const request: UpstreamRequest = {
    method: 'POST',
    origin: '',
    path: '/v1/chat',
    headers: { 'x-one': '1' },
    body: bodyOf([Buffer.from('{}')]),
    headersTimeout: 2000,
    bodyTimeout: 2000,
    ...more,
  }
  pool.dispatch(request, {
    opened(opened) {
      log.push('opened')
      control = opened
    },
    responded: (status) => void log.push(`responded ${status}`),
    data(chunk) {
      body += chunk
    },
    ended() {
      log.push('ended')
      resolve()
    },
    failed(failure) {
      log.push('failed')
      error = failure
      resolve()
    },
  })
  return { log, body: () => body, error: () => error, control, over }
}

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

describe('a request', () => {
  it('goes out as it is written, in one piece or in several', async () => {
    const server = await serve((socket) => void socket.write(ok))
    const pool = poolOf(server.origin)
    await send(pool, { path: '/a?b=c', headers: { 'x-latin': 'café' } }).over
    const { host } = new URL(server.origin)
    expect(server.received).toEqual([
      `POST /a?b=c HTTP/1.1\r\nhost: ${host}\r\nx-latin: café\r\ncontent-length: 2\r\n\r\n{}`,
    ])
    const body = Buffer.from(Array.from({ length: 50_000 }, (_, at) => at % 256))
    await send(pool, { body: bodyOf([body.subarray(0, 20_000), body.subarray(20_000)]) }).over
    const sent = server.received.slice(1).join('')
    expect(sent.slice(sent.indexOf('\r\n\r\n') + 4)).toBe(body.toString('latin1'))
  })

  it('without a body has no length', async () => {
    const server = await serve((socket) => void socket.write(ok))
    await send(poolOf(server.origin), { method: 'GET', body: undefined }).over
    expect(server.received.join('')).not.toContain('content-length')
  })

  it.each([
    { headers: { 'x-one': 'a\r\nauthorization: b' } },
    { headers: { 'x-one': 'a\0' } },
    { headers: { 'x-one': '☃' } },
    { path: '/a b' },
    { path: '/a\r\nx: y' },
  ])('that would say more than it should is not sent: %o', async (more) => {
    const server = await serve((socket) => void socket.write(ok))
    const answer = send(poolOf(server.origin), more)
    await answer.over
    expect(answer.log).toEqual(['opened', 'failed'])
    expect(server.connections()).toBe(0)
  })
})

describe('a connection', () => {
  it('carries one request after another, and as many connections are there as calls', async () => {
    const server = await serve((socket) => setTimeout(() => socket.write(ok), 10))
    const pool = poolOf(server.origin)
    await Promise.all(Array.from({ length: 5 }, () => send(pool).over))
    await Promise.all(Array.from({ length: 5 }, () => send(pool).over))
    expect(server.connections()).toBe(5)
  })

  it.each([
    ['the other side says so', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok'],
    ['it speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    ['something follows that nobody asked for', `${ok}HTTP/1.1 200 OK\r\n\r\n`],
    [
      'length and chunks contradict each other',
      'HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    [
      'it will not be kept long enough',
      `HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok`,
    ],
  ])('is not used again where %s', async (_, sent) => {
    const server = await serve((socket) => void socket.write(sent))
    const pool = poolOf(server.origin)
    for (let round = 1; round <= 2; round++) {
      const answer = send(pool)
      await answer.over
      expect([answer.body(), answer.log.at(-1)]).toEqual(['ok', 'ended'])
      expect(server.connections()).toBe(round)
    }
  })

  it('is closed when it has been idle for long', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const server = await serve((socket) => {
      socket.once('close', () => resolve())
      socket.write(ok)
    })
    const pool = poolOf(server.origin, { connect: 2000, idle: 50 })
    await send(pool).over
    await closed
    await send(pool).over
    expect(server.connections()).toBe(2)
  })

  it('that speaks while it is idle is not used again', async () => {
    const server = await serve((socket) => {
      socket.write(ok)
      setTimeout(() => socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n'), 10)
    })
    const pool = poolOf(server.origin)
    await send(pool).over
    await sleep(50)
    const answer = send(pool)
    await answer.over
    expect([answer.log.at(-1), server.connections()]).toEqual(['ended', 2])
  })

  it('is not used again while its request is still on the way', async () => {
    const server = await serve((socket, { connection }) => {
      if (connection === 1) socket.pause()
      socket.write(ok)
    })
    const pool = poolOf(server.origin)
    const early = send(pool, { body: bodyOf([Buffer.alloc(20_000_000)]) })
    await early.over
    expect([early.body(), early.log.at(-1)]).toEqual(['ok', 'ended'])
    await send(pool).over
    expect(server.connections()).toBe(2)
  })
})

describe('a connection that was closed while it was idle', () => {
  it('costs nobody a call: the request goes out once more', async () => {
    const server = await serve((socket, { connection, request }) => {
      if (connection === 1 && request === 2) socket.resetAndDestroy()
      else socket.write(ok)
    })
    const pool = poolOf(server.origin)
    await send(pool).over
    const answer = send(pool)
    await answer.over
    expect(answer.log).toEqual(['opened', 'responded 200', 'ended'])
    expect([server.connections(), server.received.length]).toEqual([2, 3])
  })

  it('is tried once: a second failure is one', async () => {
    const server = await serve((socket, { connection, request }) => {
      if (connection === 1 && request === 1) socket.write(ok)
      else socket.end()
    })
    const pool = poolOf(server.origin)
    await send(pool).over
    const answer = send(pool)
    await answer.over
    expect(answer.log).toEqual(['opened', 'failed'])
    expect([answer.error()?.code, server.received.length]).toEqual(['closed', 3])
  })

  it('is no such thing where the other side has had the request for long', async () => {
    const server = await serve((socket, { request }) => {
      if (request === 1) socket.write(ok)
      else setTimeout(() => socket.end(), 1100)
    })
    const pool = poolOf(server.origin)
    await send(pool).over
    const answer = send(pool)
    await answer.over
    expect([answer.log, server.received.length]).toEqual([['opened', 'failed'], 2])
  })

  it('nothing is sent again once a byte of an answer has come', async () => {
    const server = await serve((socket, { request }) => {
      if (request === 1) socket.write(ok)
      else socket.end('H')
    })
    const pool = poolOf(server.origin)
    await send(pool).over
    const answer = send(pool)
    await answer.over
    expect([answer.log, server.received.length]).toEqual([['opened', 'failed'], 2])
  })
})

describe('an answer', () => {
  it('that ends with its connection is whole; one that is cut is not', async () => {
    const server = await serve((socket, { connection }) =>
      socket.end(
        connection === 1 ? 'HTTP/1.1 200 OK\r\n\r\nwhole' : 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ncut',
      ),
    )
    const pool = poolOf(server.origin)
    const whole = send(pool)
    await whole.over
    expect([whole.body(), whole.log.at(-1)]).toEqual(['whole', 'ended'])
    const cut = send(pool)
    await cut.over
    expect([cut.body(), cut.log.at(-1), cut.error()?.code]).toEqual(['cut', 'failed', 'closed'])
  })

  it('that is no HTTP fails as such', async () => {
    const server = await serve((socket) => void socket.write('hello\r\n\r\n'))
    const answer = send(poolOf(server.origin))
    await answer.over
    expect(answer.error()?.code).toBe('malformed')
  })

  it('that cannot be asked for fails with the reason of the system', async () => {
    const answer = send(poolOf('http://127.0.0.1:1'))
    await answer.over
    expect([answer.log, answer.error()?.code]).toEqual([['opened', 'failed'], 'ECONNREFUSED'])
  })

  it('waits while its reader does, and comes whole', async () => {
    const content = Buffer.alloc(30_000_000, 'x')
    const server = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${content.length}\r\n\r\n`)
      socket.write(content)
    })
    const answer = send(poolOf(server.origin), { bodyTimeout: 60 })
    answer.control.pause()
    await sleep(200)
    const early = answer.body().length
    expect(early).toBeLessThan(1_000_000)
    expect(answer.log.at(-1)).not.toBe('failed')
    answer.control.resume()
    await answer.over
    expect([answer.body().length, answer.log.at(-1)]).toEqual([content.length, 'ended'])
  })
})

describe('clocks', () => {
  it('end the wait for a connection', async () => {
    // A server that never says a word of TLS.
    const server = await serve(() => {})
    const answer = send(poolOf(server.origin.replace('http', 'https'), { connect: 50, idle: 1000 }))
    await answer.over
    expect(answer.error()?.code).toBe('connect_timeout')
  })

  it('end the wait for headers, on new connections and on used ones', async () => {
    const server = await serve((socket, { request, connection }) => {
      if (connection === 1 && request === 1) socket.write(ok)
    })
    const pool = poolOf(server.origin)
    await send(pool).over
    const used = send(pool, { headersTimeout: 50 })
    await used.over
    const fresh = send(pool, { headersTimeout: 50 })
    await fresh.over
    expect([used.error()?.code, fresh.error()?.code]).toEqual(['headers_timeout', 'headers_timeout'])
    expect(server.received).toHaveLength(3)
  })

  it('end silence within a body, and not a body that moves', async () => {
    const server = await serve(async (socket, { connection }) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n')
      for (let sent = 0; sent < (connection === 1 ? 2 : 100); sent += 5) {
        socket.write('12345')
        await sleep(10)
      }
    })
    const pool = poolOf(server.origin)
    const silent = send(pool, { bodyTimeout: 60 })
    await silent.over
    expect([silent.log, silent.error()?.code]).toEqual([
      ['opened', 'responded 200', 'failed'],
      'body_timeout',
    ])
    const moving = send(pool, { bodyTimeout: 60 })
    await moving.over
    expect(moving.log.at(-1)).toBe('ended')
  })
})

describe('an abort', () => {
  it('closes the connection at once and says failed once, at any time', async () => {
    const closes: Promise<void>[] = []
    const server = await serve((socket) => {
      closes.push(new Promise((resolve) => socket.once('close', () => resolve())))
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegun')
    })
    const pool = poolOf(server.origin)
    const early = send(pool)
    early.control.abort()
    expect(early.log).toEqual(['opened', 'failed'])
    const late = send(pool)
    while (late.body() === '') await sleep(1)
    late.control.abort()
    late.control.abort()
    expect(late.log).toEqual(['opened', 'responded 200', 'failed'])
    await Promise.all(closes)
  })

  it('after the end does nothing to the next call on that connection', async () => {
    const server = await serve((socket) => setTimeout(() => socket.write(ok), 20))
    const pool = poolOf(server.origin)
    const first = send(pool)
    await first.over
    const second = send(pool)
    first.control.abort()
    first.control.pause()
    await second.over
    expect([second.body(), second.log.at(-1), server.connections()]).toEqual(['ok', 'ended', 1])
  })

  it('of all calls comes with the end of the pool', async () => {
    const server = await serve(() => {})
    const pool = poolOf(server.origin)
    const answers = [send(pool), send(pool)]
    await sleep(20)
    pool.close()
    await Promise.all(answers.map(({ over }) => over))
    expect(answers.map(({ log }) => log)).toEqual([
      ['opened', 'failed'],
      ['opened', 'failed'],
    ])
  })
})

describe('the end of a pool', () => {
  it('is the end of its calls, those on used connections too, and of what is sent later', async () => {
    const server = await serve((socket, { request }) => void (request === 1 && socket.write(ok)))
    const pool = poolOf(server.origin)
    await send(pool).over
    const under = send(pool)
    await sleep(20)
    await pool.close()
    const later = send(pool)
    expect([under.log, later.log]).toEqual([
      ['opened', 'failed'],
      ['opened', 'failed'],
    ])
    expect([server.connections(), server.received.length]).toEqual([1, 2])
  })
})

describe('a pool that nobody needs any more', () => {
  it('lets what is idle go at once and the rest as its calls end, and says when nothing is left', async () => {
    const answers: (() => void)[] = []
    const server = await serve((socket, { connection }) => {
      if (connection === 1) socket.write(ok)
      else answers.push(() => socket.write(ok))
    })
    const pool = poolOf(server.origin)
    await send(pool).over
    const [first, second] = [send(pool), send(pool), send(pool)].slice(1) as [Answer, Answer]
    await expect.poll(() => answers.length).toBe(2)
    let isEmpty = false
    pool.retire(() => {
      isEmpty = true
    })
    answers[0]?.()
    await first.over
    await sleep(20)
    expect(isEmpty).toBe(false)
    answers[1]?.()
    await second.over
    await expect.poll(() => isEmpty).toBe(true)
    expect([first.log, second.log].flat().filter((event) => event === 'ended')).toHaveLength(2)
  })

  it('carries what still comes, and keeps none of that', async () => {
    const server = await serve((socket) => void socket.write(ok))
    const pool = poolOf(server.origin)
    let times = 0
    pool.retire(() => {
      times += 1
    })
    expect(times).toBe(1)
    await send(pool).over
    await expect.poll(() => times).toBe(2)
    await send(pool).over
    expect(server.connections()).toBe(2)
  })
})

describe('TLS', () => {
  const read = (name: string) =>
    readFileSync(new URL(`../../../../../test/fixtures/tls/${name}`, import.meta.url))
  const [key, cert] = [read('localhost.key.pem'), read('localhost.cert.pem')]

  async function serveTls() {
    const sessions: boolean[] = []
    const server = createTlsServer({ key, cert }, (socket) => {
      sessions.push(socket.isSessionReused())
      socket
        .on('error', () => {})
        .on('data', () => {
          socket.write(
            `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 60000\r\n\r\n${'x'.repeat(60_000)}`,
          )
        })
    })
    await new Promise<void>((resolve) => server.listen(0, resolve))
    cleanUps.push(() => server.close())
    return { origin: `https://localhost:${(server.address() as AddressInfo).port}`, sessions }
  }

  it('carries calls to a name with several addresses, and remembers its sessions', async () => {
    const trusted = getCACertificates('default')
    setDefaultCACertificates([...trusted, cert.toString()])
    cleanUps.push(() => setDefaultCACertificates(trusted))
    const { origin, sessions } = await serveTls()
    const pool = poolOf(origin)
    for (let round = 0; round < 2; round++) {
      const answer = send(pool, { body: bodyOf([Buffer.alloc(100_000, 'a')]) })
      await answer.over
      expect([answer.error(), answer.body().length, answer.log.at(-1)]).toEqual([undefined, 60_000, 'ended'])
    }
    expect(sessions).toEqual([false, true])
  })

  it('refuses a certificate that nobody trusts', async () => {
    const { origin } = await serveTls()
    const answer = send(poolOf(origin))
    await answer.over
    expect([answer.log, answer.error()?.code]).toEqual([['opened', 'failed'], 'DEPTH_ZERO_SELF_SIGNED_CERT'])
  })
})
