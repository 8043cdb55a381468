import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { createHttpTransport } from './http-transport.ts'
import type { Transport } from './transport.ts'

const cleanUps: (() => void)[] = []
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
})

async function serve() {
  let connections = 0
  const server = createServer((_, response) => response.end('ok')).on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => server.close().closeAllConnections())
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
  }
}

function send(transport: Transport, origin: string): Promise<string> {
  return new Promise((resolve) =>
    transport.dispatch(
      {
        method: 'GET',
        origin,
        path: '/',
        headers: {},
        body: undefined,
        headersTimeout: 2000,
        bodyTimeout: 2000,
      },
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

it('opens no connection any more once it is closed, wherever to', async () => {
  const [known, unknown] = [await serve(), await serve()]
  const transport = createHttpTransport()
  expect(await send(transport, known.origin)).toBe('ended')
  await transport.close()
  expect(await send(transport, known.origin)).toBe('The gateway is closing.')
  expect(await send(transport, unknown.origin)).toBe('The gateway is closing.')
  expect([known.connections(), unknown.connections()]).toEqual([1, 0])
  // Once more, as a gateway does whose calls took too long.
  await transport.close()
})
