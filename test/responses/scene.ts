import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway, type Gateway, type GatewayOptions, type LedgerRow } from '@tollgate/core'
import OpenAI from 'openai'
import { silent } from '../adapters/bench.ts'
import { type ResponsesProvider, responsesLike } from '../upstream/responses-like.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

/** A provider that keeps responses, gateways in front of it, and an account. */
export interface Scene {
  readonly upstream: Upstream
  readonly provider: ResponsesProvider
  readonly gateway: Gateway
  readonly token: string
  /** Another gateway with the same options. */
  open(more?: GatewayOptions): Gateway
  /** The official client of a gateway. */
  client(token?: string, gateway?: Gateway): OpenAI
  rows(op?: string): Promise<LedgerRow[]>
  close(): Promise<void>
}

export const secret = 'sixteen letters!'

export async function startScene(options: GatewayOptions = {}): Promise<Scene> {
  const provider = responsesLike()
  const upstream = await startUpstream(provider.script)
  const gateways: Gateway[] = []
  const open = (more: GatewayOptions = {}) => {
    const gateway = createGateway({
      store: 'memory:',
      logger: silent,
      secret,
      responses: { poll: 100 },
      providers: {
        openai: { apiKey: 'sk-operator', baseUrl: `${upstream.url}/v1` },
        anthropic: { apiKey: 'sk-ant' },
      },
      ...options,
      ...more,
    })
    gateways.push(gateway)
    return gateway
  }
  const gateway = open()
  await untilReady(gateway)
  await gateway.credits.grant({ account: 'acme', amount: '100.00', reference: 'start' })
  const { token } = await gateway.keys.create({ account: 'acme' })
  return {
    upstream,
    provider,
    gateway,
    token,
    open,
    client: (apiKey = token, at = gateway) =>
      new OpenAI({ baseURL: 'http://gateway/v1', apiKey, fetch: at.fetch, maxRetries: 0 }),
    async rows(op = 'settle') {
      const rows: LedgerRow[] = []
      for await (const row of gateway.credits.ledger('acme')) if (row.op === op) rows.push(row)
      return rows
    },
    async close() {
      await Promise.all(gateways.map((each) => each.close()))
      await upstream.close()
    },
  }
}

/** A server that has just been started needs a moment. */
export async function untilReady(gateway: Gateway): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const isReady = await gateway.ready().then(
      () => true,
      () => false,
    )
    if (isReady) return
    await sleep(100)
  }
}

/** Of gpt-4o with the default fee, in dollars: $2.50 and $10.00 a million, and 5 cents for the gateway. */
export function cost(input: number, output: number): string {
  const nano = BigInt(input) * 2500n + BigInt(output) * 10_000n + BigInt(input + output) * 50n
  return `${nano / 1_000_000_000n}.${String(nano % 1_000_000_000n).padStart(9, '0')}`
}
