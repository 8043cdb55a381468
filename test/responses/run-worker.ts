import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGateway } from '@tollgate/core'
import { aiGateway } from '@tollgate/core/node'

/** A host with a gateway on the store, the spool and the provider that it is told, until it is killed. */
const [, , store = '', spool = '', provider = ''] = process.argv
const gateway = createGateway({
  store,
  spool,
  responses: { poll: 100 },
  holds: { ttl: 3000 },
  logger: { info() {}, warn() {}, error() {} },
  providers: { openai: { apiKey: 'sk-operator', baseUrl: `${provider}/v1` } },
})
await gateway.ready()
const server = createServer(aiGateway({ gateway })).listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
