import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { UpstreamRequest } from '../transport.ts'
import { createConnectionPool } from './connection-pool.ts'
import { guardedLookup } from './guarded-lookup.ts'

const metadata = new Set(['link-local'] as const)

const lookUp = (addresses: readonly string[], all: boolean) =>
  new Promise((resolve) => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    const lookup = guardedLookup(metadata, (_, done) => done(null, found))
    lookup('provider.example', { all }, (error, address, family) =>
      resolve(error ? { code: error.code } : { address, family }),
    )
  })

describe('a name that is looked up', () => {
  test('leads to its addresses, one or all', async () => {
    expect(await lookUp(['93.184.216.34', '2606:4700::1'], false)).toEqual({
      address: '93.184.216.34',
      family: 4,
    })
    expect(await lookUp(['93.184.216.34', '10.0.0.1'], true)).toMatchObject({
      address: [
        { address: '93.184.216.34', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ],
    })
  })

  test.each([
    [['169.254.169.254']],
    [['93.184.216.34', '169.254.169.254']],
    [['fd00:ec2::254']],
    [['::ffff:169.254.169.254']],
    [['fe80::1']],
    [['nonsense']],
    [[]],
  ])('P21 to %j is refused', async (addresses) => {
    expect(await lookUp(addresses, false)).toEqual({ code: 'forbidden_address' })
    expect(await lookUp(addresses, true)).toEqual({ code: 'forbidden_address' })
  })
})

describe('a pool', () => {
  const closing: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  const serve = async () => {
    const server = createServer((_, response) => response.end('ok')).listen(0)
    closing.push(() => server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    return (server.address() as AddressInfo).port
  }
  const ask = (origin: string, forbidden?: ReadonlySet<'loopback'>) => {
    const pool = createConnectionPool(origin, { connect: 5000, idle: 1000 }, forbidden)
    closing.push(() => pool.close())
    const request: UpstreamRequest = {
      method: 'GET',
      origin,
      path: '/',
      headers: {},
      body: undefined,
      headersTimeout: 5000,
      bodyTimeout: 5000,
    }
    return new Promise((resolve) => {
      pool.dispatch(request, {
        opened() {},
        responded: resolve,
        data() {},
        ended() {},
        failed: (error) => resolve((error as { code?: string }).code),
      })
    })
  }

  test('P21 connects to no forbidden address, by name or written out', async () => {
    const port = await serve()
    const forbidden = new Set(['loopback'] as const)
    expect(await ask(`http://localhost:${port}`)).toBe(200)
    expect(await ask(`http://localhost:${port}`, forbidden)).toBe('forbidden_address')
    expect(await ask(`http://127.0.0.1:${port}`, forbidden)).toBe('forbidden_address')
    expect(await ask(`https://[::1]:${port}`, forbidden)).toBe('forbidden_address')
  })
})
