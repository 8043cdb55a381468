import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Bench } from '../adapters/bench.ts'
import { aiLoops } from './ai-loops.ts'
import { anthropicLoop } from './anthropic-loop.ts'
import { googleLoops } from './google-loops.ts'
import { langchainLoop } from './langchain-loop.ts'
import { providers, startLoops } from './loop-providers.ts'
import { openaiLoops } from './openai-loops.ts'
import { chargeOf, finalTexts, turns } from './script.ts'
import { strictly } from './strict.ts'

const all = Object.values(providers)
const clients = [...openaiLoops, anthropicLoop, ...googleLoops, ...aiLoops, langchainLoop]

let bench: Bench
beforeAll(async () => {
  bench = await startLoops()
})
afterAll(() => bench.stop())

describe.each(clients)('$name', ({ run, lossy = false }) => {
  async function settled(): Promise<number> {
    return (await bench.charges(0)).length
  }

  describe.each(all)('at a provider of $id', ({ id, model, api }) => {
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

    test.each(all.filter((next) => next.id !== id))(
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
