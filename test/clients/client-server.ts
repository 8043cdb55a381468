import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGateway, type Gateway } from '@tollgate/core'
import { aiGateway } from '@tollgate/express'
import express from 'express'
import { silent } from '../adapters/bench.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

/** An Express application with the gateway, in front of a scripted provider. */
export interface ClientServer {
  readonly url: string
  readonly upstream: Upstream
  readonly gateway: Gateway
  /** A key whose account has credits. */
  readonly token: string
  /** A key whose account has none. */
  readonly emptyToken: string
  /** The paths of all requests that arrived. */
  readonly requests: string[]
  /** The charges so far, in the order of the ledger. */
  charges(): Promise<string[]>
  /** Waits until no call holds credits. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const price = { input: '1.00', output: '2.00' }
/** The scripted provider does what the name says. */
const models = { tools: { price }, 'fail-midstream': { price }, 'fail-cut': { price } }

export async function startClientServer(): Promise<ClientServer> {
  const upstream = await startUpstream()
  const gateway = createGateway({
    store: 'memory:',
    logger: silent,
    providers: {
      openai: { apiKey: 'sk-upstream', baseUrl: `${upstream.url}/v1`, models },
      anthropic: { apiKey: 'sk-ant-upstream', baseUrl: upstream.url, models },
    },
  })
  await gateway.credits.grant({ account: 'acme', amount: '100.00', reference: 'start' })
  const { token } = await gateway.keys.create({ account: 'acme' })
  const { token: emptyToken } = await gateway.keys.create({ account: 'empty' })
  const requests: string[] = []
  const app = express()
  app.use((request, _response, next) => {
    requests.push(request.path)
    next()
  })
  app.use(aiGateway({ gateway }))
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    upstream,
    gateway,
    token,
    emptyToken,
    requests,
    charges: () => chargesOf(gateway),
    settled: () => settled(gateway),
    async stop() {
      server.close()
      server.closeAllConnections()
      await gateway.close()
      await upstream.close()
    },
  }
}

async function chargesOf(gateway: Gateway): Promise<string[]> {
  const charges: string[] = []
  for await (const { op, amount } of gateway.credits.ledger('acme')) if (op === 'settle') charges.push(amount)
  return charges
}

async function settled(gateway: Gateway): Promise<void> {
  while ((await gateway.credits.balance('acme')).held !== '0.000000000') {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
