import { createGateway, type Gateway, type GatewayOptions } from '@tollgate/core'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import type { Host, HostServer } from './servers.ts'

/** A host in front of a scripted provider, and an account that may call it. */
export interface Bench extends HostServer {
  readonly upstream: Upstream
  readonly gateway: Gateway
  readonly token: string
  /** Posts JSON with the access key. */
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>
  /** Waits until every call is settled; resolves to the charges in the order of the ledger. */
  charges(count: number): Promise<string[]>
  stop(): Promise<void>
}

export const silent = { info() {}, warn() {}, error() {} }

const price = { input: '1.00', output: '2.00' }
/** The scripted provider does what the name says. */
const models = { tools: { price }, 'fail-midstream': { price }, 'fail-cut': { price } }

/** @param given Beside the defaults, or in their place; made of the scripted provider's address where it is needed. */
export async function startBench(
  host: Host,
  given: GatewayOptions | ((upstreamUrl: string) => GatewayOptions) = {},
): Promise<Bench> {
  const upstream = await startUpstream()
  const options = typeof given === 'function' ? given(upstream.url) : given
  const gateway = createGateway({
    store: 'memory:',
    logger: silent,
    timeouts: { heartbeat: 200 },
    providers: {
      openai: {
        apiKey: 'sk-upstream',
        baseUrl: `${upstream.url}/v1`,
        models: { ...models, free: { price: { input: '0', output: '0' } } },
      },
      anthropic: { apiKey: 'sk-ant-upstream', baseUrl: upstream.url, models },
    },
    ...options,
  })
  await gateway.credits.grant({ account: 'acme', amount: '100.00', reference: 'start' })
  const { token } = await gateway.keys.create({ account: 'acme' })
  const server = await host.start(gateway)
  const post = (path: string, body: unknown, { headers, ...init }: RequestInit = {}) =>
    server.fetch(server.url + path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(headers as Record<string, string>),
      },
    })
  return {
    ...server,
    upstream,
    gateway,
    token,
    post,
    charges: (count) => settledCharges(gateway, count),
    async stop() {
      await server.close()
      await gateway.close()
      await upstream.close()
    },
  }
}

/** Settlement may come just behind the answer. */
async function settledCharges(gateway: Gateway, count: number): Promise<string[]> {
  const until = performance.now() + 5000
  for (;;) {
    const charges: string[] = []
    for await (const { op, amount } of gateway.credits.ledger('acme'))
      if (op === 'settle') charges.push(amount)
    const { held } = await gateway.credits.balance('acme')
    if ((charges.length >= count && held === '0.000000000') || performance.now() > until) return charges
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
