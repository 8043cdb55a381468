import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway } from '@tollgate/core'
import { aiGateway } from '@tollgate/core/node'

/**
 * A host with a gateway on the store and the provider that it is told, and with the listener of its own that it is
 * told: none, one that ends the process by itself after a while, or one that only looks.
 */
const [, , store = '', provider = '', host = ''] = process.argv
const gateway = createGateway({
  store,
  providers: { openai: { apiKey: 'sk-test', baseUrl: `${provider}/v1` } },
})
if (host === 'in charge') {
  process.once('SIGTERM', async () => {
    await sleep(200)
    console.log('the host ends')
    process.exit(7)
  })
}
if (host === 'polite') {
  const listener = () => {
    if (process.listenerCount('SIGTERM') > 1) return
    process.off('SIGTERM', listener)
    process.kill(process.pid, 'SIGTERM')
  }
  process.on('SIGTERM', listener)
}
await gateway.credits.grant({ account: 'acme', amount: '5', reference: 'start' })
const { token } = await gateway.keys.create({ account: 'acme' })
const server = createServer(aiGateway({ gateway })).listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port, token })
})
