import { createGateway, type Gateway, type GatewayOptions, type LedgerRow } from '@tollgate/core'
import { silent } from '../adapters/bench.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

/** What one call did, as the ledger and its answer tell it. */
export interface Told {
  readonly status: number
  readonly text: string
  readonly headers: Headers
  /** Verdicts of the attempts in order: `first next_model, second served`. */
  readonly attempts: string
  readonly charge: string
}

export interface FleetScene {
  readonly gateway: Gateway
  /** The one behind the first. */
  readonly second: Upstream
  call(stream: boolean, init?: RequestInit): Promise<Told>
  close(): Promise<void>
}

const price = { input: '1.00', output: '2.00' }
const models = { m: { price, contextWindow: 1000 }, larger: { price, contextWindow: 1_000_000 } }

/** Milliseconds: what a busy machine needs for an answer on loopback, and no test waits long for. */
export const patience = 1200

/** A gateway with a first provider that is made to fail, and a second one that answers. */
export async function startFleet(
  firstUrl: string,
  { names = ['first:m', 'second:m'], ...options }: GatewayOptions & { names?: readonly string[] } = {},
): Promise<FleetScene> {
  const second = await startUpstream()
  const gateway = createGateway({
    store: 'memory:',
    logger: silent,
    timeouts: { connect: patience, firstEvent: patience, answer: patience },
    providers: {
      first: { apiKey: 'sk-first', baseUrl: `${firstUrl}/v1`, models },
      second: { apiKey: 'sk-second', baseUrl: `${second.url}/v1`, models },
    },
    ...options,
  })
  await gateway.credits.grant({ account: 'acme', amount: '100.00', reference: 'start' })
  const { token } = await gateway.keys.create({ account: 'acme' })
  const [model, ...others] = names
  return {
    gateway,
    second,
    async call(stream, init = {}) {
      const response = await gateway.fetch('http://gateway/v1/chat/completions', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({
          model,
          ...(others.length > 0 && { models: others }),
          stream,
          messages: [{ role: 'user', content: 'hello big world' }],
        }),
        ...init,
      })
      const text = await response.text()
      const row = await lastRow(gateway, response.headers.get('tollgate-request-id') ?? '')
      return {
        status: response.status,
        text,
        headers: response.headers,
        attempts: attemptsOf(row),
        charge: row.amount,
      }
    },
    async close() {
      await gateway.close()
      await second.close()
    },
  }
}

interface Tried {
  readonly provider: string
  readonly model: string
  readonly verdict: string
  readonly code?: string
}

/** Verdicts of the attempts in order, as a row tells them: `first upstream_error next_model → second served`. */
export function attemptsOf({ meta }: Pick<LedgerRow, 'meta'>): string {
  const { attempts, provider } = meta as { attempts?: readonly Tried[]; provider: string }
  const all = attempts ?? [{ provider, verdict: 'served' } as Tried]
  return all
    .map(({ provider: asked, verdict, code }) => [asked, code, verdict].filter(Boolean).join(' '))
    .join(' → ')
}

/** The row may come just behind the answer. */
async function lastRow(gateway: Gateway, id: string): Promise<LedgerRow> {
  const until = performance.now() + 10_000
  for (;;) {
    for await (const row of gateway.credits.ledger('acme')) if (row.ref === id) return row
    if (performance.now() > until) throw new Error(`There is no row of the call ${id}.`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
