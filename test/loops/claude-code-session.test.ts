import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cachedMessages } from './cached-upstream.ts'
import { startClaudeCode } from './claude-code-client.ts'
import type { PromptUsage } from './messages-cache.ts'
import { type SessionBench, startSessions } from './session-bench.ts'
import { dollars, feeOf, sessionScript } from './session-script.ts'

/** Pinned to its provider, so that one member is written anew on the way. */
const model = 'anthropic:claude-sonnet-4-5'
const upstreamModel = 'claude-sonnet-4-5'
const script = sessionScript('Bash', (at) => ({ command: `sed -n ${at}p a.ts`, timeout: 1000 }))

/** Nano-dollars a token, as Anthropic lists them; above 200,000 tokens of input the others. */
const usual = { uncached: 3000, read: 300, write5m: 3750, write1h: 6000, output: 15_000 }
const long = { uncached: 6000, read: 600, write5m: 7500, write1h: 12_000, output: 22_500 }

const inputOf = ({ uncached, read, write5m, write1h }: PromptUsage) => uncached + read + write5m + write1h

function costOf(prompt: PromptUsage, output: number, rates: typeof usual): number {
  const { uncached, read, write5m, write1h } = prompt
  const written = write5m * rates.write5m + write1h * rates.write1h
  return uncached * rates.uncached + read * rates.read + written + output * rates.output
}

let bench: SessionBench
beforeAll(async () => {
  bench = await startSessions()
})
afterAll(() => bench.stop())
beforeEach(() => bench.begin())

const payers = [
  { account: 'acme', name: 'credits', token: () => bench.token, ofModel: 1, key: 'sk-ant-upstream' },
  {
    account: 'owner',
    name: 'a key of its own',
    token: () => bench.ownToken,
    ofModel: 0,
    key: 'sk-own-anthropic',
  },
] as const

const sizes = [
  { size: 'usual', bytes: { instructions: 24_000, file: 6000 }, rates: usual, betas: [] },
  // Over a megabyte, and over 200,000 tokens.
  {
    size: 'a long context',
    bytes: { instructions: 60_000, file: 1_100_000 },
    rates: long,
    betas: ['context-1m-2025-08-07'],
  },
] as const

describe.each(payers)('Claude Code with Claude, paid with $name', ({ account, token, ofModel, key }) => {
  test.each(sizes)(
    '$size: a session of six turns keeps its cache, and each is charged exactly',
    async (row) => {
      const anthropic = cachedMessages(script)
      bench.upstream.respond(anthropic.respond)
      const session = startClaudeCode({ url: bench.url, token: token(), model, ...row })
      session.say('Mend it.')
      const seen = []
      for (const at of script.keys()) {
        if (at === 5) session.say('And now the tests.')
        seen.push((await session.turn()).usage)
      }
      const { prompts } = anthropic

      // Not a byte of what the client sent has changed on its way but for the name.
      const asSent = session.sent.map((body) => body.replace(`"${model}"`, `"${upstreamModel}"`))
      expect(bench.upstream.calls.map(({ body }, at) => body.toString() === asSent[at])).toEqual(
        script.map(() => true),
      )
      expect(new Set(bench.upstream.calls.map(({ path }) => path))).toEqual(
        new Set(['/v1/messages?beta=true']),
      )
      for (const { headers } of bench.upstream.calls) {
        expect(headers).toMatchObject({ 'x-api-key': key, 'anthropic-version': '2023-06-01' })
        expect(headers['anthropic-beta']).toContain(['extended-cache-ttl-2025-04-11', ...row.betas].join(','))
        expect(headers.authorization).toBeUndefined()
      }

      // Each turn reads all that the one before had read and written, and writes what is new.
      expect(prompts[0]).toMatchObject({ read: 0 })
      expect(prompts.map(({ uncached }) => uncached)).toEqual(script.map(() => 0))
      for (const [at, { read, write5m, write1h }] of prompts.slice(1).entries()) {
        expect(read).toBe(inputOf(prompts[at] as PromptUsage))
        expect([write5m > 0, write1h]).toEqual([true, 0])
      }
      expect(prompts[0]?.write1h).toBeGreaterThan(row.bytes.instructions / 4)
      expect(inputOf(prompts[0] as PromptUsage) > 200_000).toBe(row.rates === long)

      // The client hears it, the ledger and the events have it.
      expect(seen).toMatchObject(
        prompts.map(({ read, write5m, write1h }) => ({
          cache_read_input_tokens: read,
          cache_creation_input_tokens: write5m + write1h,
        })),
      )
      const events = await bench.events(account, script.length)
      expect(events).toMatchObject(
        prompts.map((prompt, at) => {
          const output = script[at]?.usage.output ?? 0
          const cost = ofModel * costOf(prompt, output, row.rates)
          const fee = feeOf(inputOf(prompt) + output)
          return {
            provider: 'anthropic',
            credential: ofModel === 1 ? 'managed' : 'own',
            status: 'succeeded',
            usageSource: 'provider',
            inputTokens: inputOf(prompt),
            outputTokens: output,
            cacheReadTokens: prompt.read,
            cacheWrite5mTokens: prompt.write5m,
            cacheWrite1hTokens: prompt.write1h,
            modelCost: dollars(cost),
            fee: dollars(fee),
            charged: dollars(cost + fee),
            shortfall: '0.000000000',
          }
        }),
      )
      expect((await bench.settled(account)).slice(-script.length)).toEqual(
        events.map(({ charged }) => charged),
      )
      expect(await bench.gateway.credits.audit(account)).toMatchObject({ ok: true })
    },
  )
})

test('a beta that lets more in than its model has room for is held for: nobody goes below what they have', async () => {
  const { gateway, url, upstream } = bench
  // Less than the prompt costs, and more than it would within 200,000 tokens.
  await gateway.credits.grant({ account: 'short', amount: '1.90', reference: 'start' })
  const { token } = await gateway.keys.create({ account: 'short' })
  upstream.respond(cachedMessages(script).respond)
  const session = startClaudeCode({ url, token, model, ...sizes[1] })
  await expect(session.turn()).rejects.toMatchObject({ status: 402 })
  expect(bench.asked()).toEqual([])
  expect((await gateway.credits.balance('short')).available).toBe('1.900000000')
})
