import type { Gateway } from '@tollgate/core'
import OpenAI from 'openai'
import { type Bench, startBench } from '../adapters/bench.ts'
import { type Host, hosts } from '../adapters/servers.ts'

/** A bench with a second account, which has a provider key of its own and no credits. */
export interface PassBench extends Bench {
  readonly openai: OpenAI
  /** Of the account with its own key. */
  readonly own: OpenAI
  readonly ownToken: string
  /** Settled rows of an account, once it has so many. */
  rows(account: string, count: number): Promise<Row[]>
}

export interface Row {
  readonly amount: string
  readonly dialect: unknown
  readonly usage: unknown
  readonly source: unknown
  readonly status: unknown
  readonly credential: unknown
  readonly model: unknown
}

export async function startPassBench(host: Host = hosts[0] as Host): Promise<PassBench> {
  const bench = await startBench(host, (url) => ({
    secret: 'a-secret-of-32-characters-or-more',
    providers: {
      openai: { apiKey: 'sk-upstream', baseUrl: `${url}/v1` },
      anthropic: { apiKey: 'sk-ant-upstream', baseUrl: url },
      second: { apiKey: 'sk-second', baseUrl: `${url}/second/v1` },
    },
  }))
  const { gateway } = bench
  await gateway.providerKeys.create({
    account: 'owner',
    provider: 'openai',
    name: 'mine',
    value: 'sk-owners-own',
  })
  const { token: ownToken } = await gateway.keys.create({ account: 'owner' })
  const client = (apiKey: string) =>
    new OpenAI({ baseURL: `${bench.url}/v1`, apiKey, fetch: bench.fetch, maxRetries: 0 })
  return {
    ...bench,
    openai: client(bench.token),
    own: client(ownToken),
    ownToken,
    rows: (account, count) => settledRows(gateway, account, count),
  }
}

/** Settlement may come just behind the answer. */
export async function settledRows(gateway: Gateway, account: string, count: number): Promise<Row[]> {
  const until = performance.now() + 10_000
  for (;;) {
    const rows: Row[] = []
    for await (const { op, amount, meta = {} } of gateway.credits.ledger(account)) {
      if (op !== 'settle') continue
      rows.push({
        amount,
        dialect: meta.clientDialect,
        usage: meta.usage,
        source: meta.usageSource,
        status: meta.status,
        credential: meta.credential,
        model: meta.model,
      })
    }
    const { held } = await gateway.credits.balance(account)
    if ((rows.length >= count && held === '0.000000000') || performance.now() > until) return rows
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
