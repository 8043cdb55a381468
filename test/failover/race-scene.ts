import { setTimeout as sleep } from 'node:timers/promises'
import type { Gateway, GatewayOptions, LedgerRow, UsageEvent } from '@tollgate/core'
import { assembleGateway } from '../../packages/core/src/gateway-assembly.ts'
import { resolveOptions } from '../../packages/core/src/options/resolve-options.ts'
import { openStore } from '../../packages/core/src/store/open-store.ts'
import { silent } from '../adapters/bench.ts'
import { type Answer, type BodyOptions, json, type StreamOptions, stream } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import { attemptsOf } from './fleet-scene.ts'
import { createSlowStore, type SlowStore } from './slow-store.ts'

/** What became of a call. */
export interface Heard {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

/** A gateway in front of two providers, the second of which costs ten times as much, with an account of one dollar. */
export interface RaceScene {
  readonly gateway: Gateway
  readonly one: Upstream
  readonly two: Upstream
  readonly store: SlowStore
  readonly token: string
  readonly events: UsageEvent[]
  call(body?: object, init?: RequestInit): Promise<Heard>
  /** The same, as soon as its status is known. */
  begin(body?: object, init?: RequestInit): Promise<Response>
  /** How the calls ended, oldest first: charge and attempts. Waits until there are so many. */
  outcomes(count: number): Promise<string[]>
  /** Dollars, and whether the ledger adds up to them. */
  books(): Promise<{ available: string; held: string; ok: boolean }>
  close(): Promise<void>
}

/** Milliseconds. */
export const hedgeAfter = 60
export const failure = { error: { message: 'No.', type: 'server_error', code: null } }
const usage = { prompt_tokens: 10, completion_tokens: 20 }

/** Ten tokens in, twenty out, and the fee: of the first provider, and of the second. */
export const costs = { one: '0.000051500', two: '0.000501500' }

export const chunk = (content: string) =>
  `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\n`
const end = `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`

/** A whole answer that says so. */
export const says = (content: string, options: BodyOptions = {}): Answer =>
  json(200, { choices: [{ index: 0, message: { role: 'assistant', content } }], usage }, options)

/** The same as a stream. */
export const streams = (pieces: readonly string[], options: StreamOptions = {}): Answer =>
  stream([...pieces.map(chunk), end], options)

interface RaceOptions extends GatewayOptions {
  /** Dollars. @default '1.00' */
  readonly credits?: string
  /** What the model of both can write, in tokens. @default not known */
  readonly maxOutputTokens?: number
  /** See `OpenParts`. */
  readonly drainMs?: number
}

export async function startRace({
  credits = '1.00',
  drainMs,
  maxOutputTokens,
  ...options
}: RaceOptions = {}): Promise<RaceScene> {
  const [one, two] = await Promise.all([startUpstream(), startUpstream()])
  const store = createSlowStore()
  const events: UsageEvent[] = []
  const of = ({ url }: Upstream, price: { input: string; output: string }) => ({
    apiKey: 'sk',
    baseUrl: `${url}/v1`,
    models: { m: { price, ...(maxOutputTokens !== undefined && { maxOutputTokens }) } },
  })
  const resolved = resolveOptions({
    store: 'memory:',
    logger: silent,
    secret: 'sixteen letters!',
    failover: { hedgeAfter },
    onUsage: (event) => void events.push(event),
    providers: {
      one: of(one, { input: '1.00', output: '2.00' }),
      two: of(two, { input: '10.00', output: '20.00' }),
    },
    ...options,
  })
  const gateway = assembleGateway({
    resolved,
    store: openStore('memory:'),
    credits: store.driver,
    ...(drainMs !== undefined && { drainMs }),
  })
  await gateway.credits.grant({ account: 'acme', amount: credits, reference: 'start' })
  const { token } = await gateway.keys.create({ account: 'acme' })
  const begin: RaceScene['begin'] = (body = {}, init = {}) =>
    gateway.fetch('http://gateway/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({
        models: ['one:m', 'two:m'],
        max_tokens: 100,
        messages: [{ role: 'user', content: 'hello big world' }],
        ...body,
      }),
      ...init,
    })
  return {
    gateway,
    one,
    two,
    store,
    token,
    events,
    begin,
    async call(body, init) {
      const response = await begin(body, init)
      return { status: response.status, headers: response.headers, text: await response.text() }
    },
    async outcomes(count) {
      for (const until = Date.now() + 5000; ; await sleep(10)) {
        const rows = (await rowsOf(store)).filter(({ op }) => op !== 'topup')
        if (rows.length >= count || Date.now() > until)
          return rows.map(({ op, amount, meta }) => `${op} ${amount}: ${attemptsOf({ meta })}`)
      }
    },
    async books() {
      const { driver } = store
      const [{ available, held }, { ok }] = await Promise.all([driver.balance('acme'), driver.audit('acme')])
      return { available: dollars(available), held: dollars(held), ok }
    },
    async close() {
      await gateway.close()
      await Promise.all([one.close(), two.close()])
    },
  }
}

type Row = Pick<LedgerRow, 'op' | 'amount'> & { readonly meta: NonNullable<LedgerRow['meta']> }

/** Also where the gateway is closed already. */
async function rowsOf({ driver }: SlowStore): Promise<Row[]> {
  const rows: Row[] = []
  for await (const { op, amount, meta } of driver.ledger('acme'))
    rows.push({ op, amount: dollars(amount), meta: meta ?? {} })
  return rows
}

function dollars(nano: bigint): string {
  const digits = String(nano).padStart(10, '0')
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`
}
