import type { UsageEvent } from '@tollgate/core'
import { type Bench, startBench } from '../adapters/bench.ts'
import { type Host, hosts } from '../adapters/servers.ts'
import type { RecordedCall } from '../upstream/upstream.ts'

/** A bench with a second account, which brings its own provider keys and has little credit. */
export interface SessionBench extends Bench {
  readonly ownToken: string
  /** The events of the calls of an account behind the first so many, in their order. */
  events(account: string, from: number, count: number): Promise<readonly UsageEvent[]>
  /** What the providers were asked for, but for questions how long something is. */
  asked(): readonly RecordedCall[]
  /** The charges in an account's ledger. */
  settled(account: string): Promise<readonly string[]>
}

/**
 * A host in front of Anthropic and OpenAI, at the prices of the catalogue.
 *
 * @param name Of the host; of these, Fastify takes WebSockets by itself.
 */
export async function startSessions(name: 'Express' | 'Fastify' = 'Express'): Promise<SessionBench> {
  const host = hosts.find((each) => each.name === name) as Host
  const bench = await startBench(host, (url) => ({
    secret: 'a-secret-of-32-characters-or-more',
    providers: {
      openai: { apiKey: 'sk-upstream', baseUrl: `${url}/v1` },
      anthropic: { apiKey: 'sk-ant-upstream', baseUrl: url },
    },
  }))
  const { gateway } = bench
  for (const provider of ['openai', 'anthropic'])
    await gateway.providerKeys.create({
      account: 'owner',
      provider,
      name: 'ours',
      value: `sk-own-${provider}`,
    })
  // Reasoning that is not seen is held for in full where a fair share of the balance covers it.
  await gateway.credits.grant({ account: 'acme', amount: '900.00', reference: 'more' })
  await gateway.credits.grant({ account: 'owner', amount: '10.00', reference: 'start' })
  const { token: ownToken } = await gateway.keys.create({ account: 'owner' })
  return {
    ...bench,
    ownToken,
    asked: () => bench.upstream.calls.filter(({ path }) => !/count_tokens|input_tokens/.test(path)),
    async settled(account) {
      const amounts: string[] = []
      for await (const { op, amount } of gateway.credits.ledger(account))
        if (op === 'settle') amounts.push(amount)
      return amounts
    },
    async events(account, from, count) {
      const until = performance.now() + 5000
      for (;;) {
        const all: UsageEvent[] = []
        for await (const event of gateway.usage.events({ account, includeRetries: true })) all.push(event)
        if (all.length >= from + count || performance.now() > until) return all.slice(from)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
  }
}
