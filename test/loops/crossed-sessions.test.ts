import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cachedMessages, cachedResponses } from './cached-upstream.ts'
import { startClaudeCode } from './claude-code-client.ts'
import { startCodex } from './codex-client.ts'
import { type SessionBench, startSessions } from './session-bench.ts'
import { dollars, feeOf, sessionScript } from './session-script.ts'

let bench: SessionBench
beforeAll(async () => {
  bench = await startSessions('Fastify')
})
afterAll(() => bench.stop())
beforeEach(() => bench.begin())

/** Nano-dollars a token. */
const openaiModels = [
  { model: 'gpt-5.5', rates: { input: 5000, cached: 500, output: 30_000 }, marks: 0 },
  // It knows breakpoints.
  { model: 'gpt-6.1-sol', rates: { input: 2000, cached: 100, output: 10_000 }, marks: 3 },
]

describe.each(openaiModels)('Claude Code on $model', ({ model, rates, marks }) => {
  test('a session finds its prompt again, with its reasoning in it, and each turn is charged exactly', async () => {
    const script = sessionScript('Bash', (at) => ({ command: `sed -n ${at}p a.ts` }))
    const { prompts, respond } = cachedResponses(script)
    bench.upstream.respond(respond)
    const session = startClaudeCode({ url: bench.url, token: bench.token, model })
    session.say('Mend it.')
    const usages = []
    for (const at of script.keys()) {
      if (at === 5) session.say('And now the tests.')
      usages.push((await session.turn()).usage)
    }
    for (const { path, body, headers } of bench.upstream.calls) {
      expect(path).toBe('/v1/responses')
      expect(body.toString().match(/"prompt_cache_breakpoint"/g) ?? []).toHaveLength(marks)
      expect(Object.keys(headers).filter((name) => name.startsWith('anthropic-'))).toEqual([])
    }
    const shared = [0, ...prompts.slice(0, -1).map(({ input }) => input - (input % 128))]
    expect(prompts.map(({ cached }) => cached)).toEqual(shared)
    expect(usages).toMatchObject(
      prompts.map(({ input, cached }) => ({
        input_tokens: input - cached,
        cache_read_input_tokens: cached,
      })),
    )
    expect(await bench.events('acme', script.length)).toMatchObject(
      prompts.map(({ input, cached }, at) => {
        const output = script[at]?.usage.output ?? 0
        const cost = (input - cached) * rates.input + cached * rates.cached + output * rates.output
        return {
          clientDialect: 'anthropic-messages',
          upstreamDialect: 'openai-responses',
          inputTokens: input,
          cacheReadTokens: cached,
          outputTokens: output,
          modelCost: dollars(cost),
          charged: dollars(cost + feeOf(input + output)),
        }
      }),
    )
  })
})

describe.each(['http', 'socket'] as const)('Codex on Claude, over %s', (transport) => {
  test('a session finds its prompt again, with its thinking in it, and each turn is charged exactly', async () => {
    const script = sessionScript('shell_command', (at) => ({ command: `sed -n ${at}p a.ts` }))
    const { prompts, respond } = cachedMessages(script)
    bench.upstream.respond(respond)
    const { url, token } = bench
    const session = await startCodex({ url, token, model: 'claude-sonnet-4-5', transport })
    session.say('Mend it.')
    const usages = []
    for (const at of script.keys()) {
      if (at === 5) session.say('And now the tests.')
      usages.push(await session.turn())
    }
    session.close()
    for (const { path, body } of bench.upstream.calls) {
      expect(path).toBe('/v1/messages')
      expect(body.toString()).not.toContain('prompt_cache_key')
    }
    const all = prompts.map(({ uncached, read, write5m, write1h }) => uncached + read + write5m + write1h)
    expect(prompts).toEqual(
      all.map((input, at) => {
        const read = all[at - 1] ?? 0
        return { uncached: 0, read, write5m: input - read, write1h: 0 }
      }),
    )
    expect(usages).toMatchObject(
      prompts.map(({ read }, at) => ({
        input_tokens: all[at],
        input_tokens_details: { cached_tokens: read },
      })),
    )
    expect(await bench.events('acme', script.length)).toMatchObject(
      prompts.map(({ read, write5m }, at) => {
        const output = script[at]?.usage.output ?? 0
        const cost = read * 300 + write5m * 3750 + output * 15_000
        return {
          clientDialect: 'openai-responses',
          upstreamDialect: 'anthropic-messages',
          inputTokens: all[at],
          cacheReadTokens: read,
          cacheWrite5mTokens: write5m,
          outputTokens: output,
          modelCost: dollars(cost),
          charged: dollars(cost + feeOf((all[at] ?? 0) + output)),
        }
      }),
    )
  })
})
