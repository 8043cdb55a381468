import type { UsageEvent } from '@tollgate/core'
import { type Bench, startBench } from '../adapters/bench.ts'
import { type Host, hosts } from '../adapters/servers.ts'
import type { RecordedCall } from '../upstream/upstream.ts'

type SessionAccount = 'acme' | 'owner'

/** A bench with a second account, which brings its own provider keys and has little credit. */
export interface SessionBench extends Bench {
  readonly ownToken: string
  /** Forgets what providers were asked for, and which events there were. */
  begin(): Promise<void>
  /** The events of the calls of an account since then, in their order; waits for so many. */
  events(account: SessionAccount, count: number): Promise<readonly UsageEvent[]>
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
  const before = { acme: 0, owner: 0 }
  const allEvents = async (account: SessionAccount) => {
    const all: UsageEvent[] = []
    for await (const event of gateway.usage.events({ account, includeRetries: true })) all.push(event)
    return all
  }
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
    async begin() {
      bench.upstream.calls.length = 0
      for (const account of ['acme', 'owner'] as const) before[account] = (await allEvents(account)).length
    },
    async events(account, count) {
      const until = performance.now() + 5000
      for (;;) {
        const events = (await allEvents(account)).slice(before[account])
        if (events.length >= count || performance.now() > until) return events
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
  }
}
