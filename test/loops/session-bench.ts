import type { UsageEvent } from '@tollgate/core'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'

/** A bench with a second account, which brings its own provider keys and has little credit. */
export interface SessionBench extends Bench {
  readonly ownToken: string
  /** The events of the calls of an account behind the first so many, in their order. */
  events(account: string, from: number, count: number): Promise<readonly UsageEvent[]>
}

const express = hosts.find(({ name }) => name === 'Express') as (typeof hosts)[number]

/** An Express application in front of Anthropic and OpenAI, at the prices of the catalogue. */
export async function startSessions(host = express): Promise<SessionBench> {
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
  await gateway.credits.grant({ account: 'owner', amount: '1.00', reference: 'start' })
  const { token: ownToken } = await gateway.keys.create({ account: 'owner' })
  return {
    ...bench,
    ownToken,
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
