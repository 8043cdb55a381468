import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, expect, it } from 'vitest'
import type { BodyTransport } from './body-transport.ts'
import { createProxyTransport } from './proxy-transport.ts'

const cleanUps: (() => void)[] = []
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
})

async function serve() {
  let connections = 0
  const server = createServer((request, response) => request.resume().on('end', () => response.end('ok')))
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => server.close().closeAllConnections())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, connections: () => connections }
}

function send(transport: BodyTransport, origin: string): Promise<string> {
  const body = Readable.from([Buffer.from('a body')])
  const request = {
    method: 'POST',
    origin,
    path: '/',
    headers: {},
    headersTimeout: 2000,
    bodyTimeout: 2000,
  } as const
  return new Promise((resolve) =>
    transport.dispatch(
      { ...request, body },
      {
        opened() {},
        responded() {},
        data() {},
        ended: () => resolve('ended'),
        failed: ({ message }) => resolve(message),
      },
    ),
  )
}

it('opens no connection any more once it is closed', async () => {
  const server = await serve()
  const transport = createProxyTransport()
  expect(await send(transport, server.origin)).toBe('ended')
  await transport.close()
  expect(await send(transport, server.origin)).toBe('The gateway is closing.')
  expect(server.connections()).toBe(1)
})

it('sends nothing that waited for the proxy to be loaded when it was closed', async () => {
  const server = await serve()
  const transport = createProxyTransport()
  const answer = send(transport, server.origin)
  await transport.close()
  expect(await answer).toBe('The gateway is closing.')
  expect(server.connections()).toBe(0)
})
