import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { aiLoops } from './ai-loops.ts'
import { anthropicLoop } from './anthropic-loop.ts'
import { googleLoops } from './google-loops.ts'
import { langchainLoop } from './langchain-loop.ts'
import { openaiLoops } from './openai-loops.ts'
import { chargeOf, finalTexts, turns } from './script.ts'
import { type StrictApi, strictly } from './strict.ts'
import { strictChat } from './strict-chat.ts'
import { strictGemini } from './strict-gemini.ts'
import { strictMessages } from './strict-messages.ts'
import { strictResponses } from './strict-responses.ts'

interface LoopProvider {
  readonly id: string
  readonly model: string
  readonly api: StrictApi
}

/** Two built in, which are strict about what comes back to them, and two that their options describe. */
const providers: readonly LoopProvider[] = [
  { id: 'anthropic', model: 'claude-sonnet-4-5', api: strictMessages },
  { id: 'groq', model: 'gpt-5', api: strictChat },
  { id: 'responses', model: 'gpt-5', api: strictResponses },
  { id: 'gemini', model: 'gemini-3-pro-preview', api: strictGemini },
]
/** Of those that are no provider by name. */
const dialects = { responses: ['openai-responses'], gemini: ['google-gemini'] } as const

const price = { input: '1.00', output: '2.00' }
const express = hosts.find(({ name }) => name === 'Express') as (typeof hosts)[number]
const clients = [...openaiLoops, anthropicLoop, ...googleLoops, ...aiLoops, langchainLoop]

let bench: Bench
beforeAll(async () => {
  bench = await startBench(express, (url) => ({
    providers: Object.fromEntries(
      providers.map(({ id, model }) => [
        id,
        {
          apiKey: 'key',
          baseUrl: `${url}/v1`,
          ...(id in dialects && { dialects: dialects[id as keyof typeof dialects] }),
          models: { [model]: { price } },
        },
      ]),
    ),
  }))
})
afterAll(() => bench.stop())

describe.each(clients)('$name', ({ run, lossy = false }) => {
  async function settled(): Promise<number> {
    return (await bench.charges(0)).length
  }

  describe.each(providers)('at a provider of $id', ({ id, model, api }) => {
    const own = `${id}:${model}`

    test.each([
      ['JSON', false],
      ['streaming', true],
    ])('a loop of tools keeps its thinking and is charged turn by turn: %s', async (_name, streaming) => {
      const before = await settled()
      bench.upstream.respond(strictly(api, { lossy }))
      const { token, url } = bench
      expect(await run({ url, token, models: [own, own], streaming })).toEqual(finalTexts)
      expect((await bench.charges(before + turns.length)).slice(before)).toEqual(turns.map(chargeOf))
    })

    test.each(providers.filter((next) => next.id !== id))(
      'what it signed stays behind when the conversation goes on at a provider of $id',
      async (next) => {
        const before = await settled()
        const first = strictly(api, { lossy })
        const second = strictly(next.api, { lossy, from: 3 })
        let calls = 0
        bench.upstream.respond((call) => (calls++ < 3 ? first(call) : second(call)))
        const { token, url } = bench
        const models = [own, `${next.id}:${next.model}`] as const
        expect(await run({ url, token, models, streaming: true })).toEqual(finalTexts)
        expect((await bench.charges(before + turns.length)).slice(before)).toEqual(turns.map(chargeOf))
      },
    )
  })
})

test('and the account adds up', async () => {
  expect(await bench.gateway.credits.audit('acme')).toMatchObject({ ok: true, problems: [] })
})
