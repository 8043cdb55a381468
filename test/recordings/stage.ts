import { createGateway, type Gateway, type LedgerRow } from '@tollgate/core'
import { silent } from '../adapters/bench.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import type { WireDialect } from '../upstream/wire.ts'
import type { Access } from './clients.ts'

/** A running gateway in front of a scripted provider that speaks each of the dialects under a model of its own. */
export interface Stage {
  readonly upstream: Upstream
  readonly gateway: Gateway
  /** For a client, towards the provider that speaks this dialect. */
  access(provider: WireDialect): Access
  /** The latest call's row in the ledger, which comes behind the answer; undefined for one that was free. */
  settled(): Promise<LedgerRow | undefined>
  stop(): Promise<void>
}

const paths: Readonly<Record<WireDialect, string>> = {
  'openai-chat': '/v1',
  'openai-responses': '/v1',
  'anthropic-messages': '',
  'google-gemini': '/v1beta',
}
const dialects = Object.keys(paths) as WireDialect[]

export async function startStage(): Promise<Stage> {
  const upstream = await startUpstream()
  const models = { answer: { price: { input: '1.00', output: '2.00', cachedInput: '0.50' } } }
  const providers = dialects.map((dialect) => {
    const provider = { apiKey: 'k', baseUrl: upstream.url + paths[dialect], dialects: [dialect], models }
    return [dialect.split('-')[1] ?? dialect, provider] as const
  })
  const gateway = createGateway({
    store: 'memory:',
    logger: silent,
    providers: Object.fromEntries(providers),
  })
  await gateway.credits.grant({ account: 'acme', amount: '1000.00', reference: 'start' })
  const { token } = await gateway.keys.create({ account: 'acme' })
  let seen = 0

  async function settled(): Promise<LedgerRow | undefined> {
    for (let turn = 0; turn < 1000; turn += 1) {
      const { held } = await gateway.credits.balance('acme')
      if (held === '0.000000000') break
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    let row: LedgerRow | undefined
    for await (const next of gateway.credits.ledger('acme', seen + 1)) {
      seen = Math.max(seen, next.seq)
      if (next.op === 'settle') row = next
    }
    return row
  }

  return {
    upstream,
    gateway,
    settled,
    access: (provider) => ({
      fetch: gateway.fetch as typeof fetch,
      url: 'http://gateway',
      token,
      model: `${provider.split('-')[1]}:answer`,
    }),
    async stop() {
      await gateway.close()
      await upstream.close()
    },
  }
}
