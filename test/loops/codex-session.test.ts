import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cachedResponses } from './cached-upstream.ts'
import { type Codex, startCodex } from './codex-client.ts'
import type { ResponsesPrompt } from './responses-cache.ts'
import { type SessionBench, startSessions } from './session-bench.ts'
import { dollars, feeOf, sessionScript } from './session-script.ts'
import type { Members } from './strict.ts'

const model = 'gpt-5.5'
const script = sessionScript('shell_command', (at) => ({ command: `sed -n ${at}p a.ts` }))

/** Nano-dollars a token, as OpenAI lists them; above 272,000 tokens of input the others. */
const usual = { input: 5000, cached: 500, output: 30_000 }
const long = { input: 10_000, cached: 1000, output: 45_000 }

function costOf({ input, cached }: ResponsesPrompt, output: number, rates: typeof usual): number {
  return (input - cached) * rates.input + cached * rates.cached + output * rates.output
}

let bench: SessionBench
beforeAll(async () => {
  bench = await startSessions('Fastify')
})
afterAll(() => bench.stop())
beforeEach(() => bench.begin())

const payers = [
  { account: 'acme', payer: 'credits', token: () => bench.token, ofModel: 1, key: 'sk-upstream' },
  {
    account: 'owner',
    payer: 'a key of its own',
    token: () => bench.ownToken,
    ofModel: 0,
    key: 'sk-own-openai',
  },
] as const
const sizes = [
  { size: 'a usual one', bytes: { instructions: 24_000, file: 6000 }, rates: usual },
  // Over a megabyte, and over 272,000 tokens.
  { size: 'a long context', bytes: { instructions: 60_000, file: 1_150_000 }, rates: long },
] as const
const transports = ['http', 'socket'] as const
const rows = transports.flatMap((transport) =>
  payers.flatMap((paid) => sizes.map((sized) => ({ transport, ...paid, ...sized }))),
)

/** Every turn of the script, the second question behind the fifth. */
async function play(session: Codex) {
  if (session.transport === 'socket') await session.warmUp()
  session.say('Mend it.')
  const histories: Members[] = []
  const usages: Members[] = []
  for (const at of script.keys()) {
    if (at === 5) session.say('And now the tests.')
    histories.push(JSON.parse(JSON.stringify(session.request())))
    usages.push(await session.turn())
  }
  session.close()
  return { histories, usages }
}

/** Over HTTP nothing was changed, and over the socket all is there that the client left to it. */
function checkRequests(session: Codex, histories: readonly Members[]): void {
  const { calls } = bench.upstream
  expect(new Set(calls.map(({ path }) => path))).toEqual(new Set(['/v1/responses']))
  expect(calls.map((call) => call.json())).toEqual(histories)
  for (const { body } of calls) expect(body.toString()).toMatch(/\\\/bin.*:6\.0e5/)
  const isWhole = calls.map(({ body }, at) => body.toString() === session.sent[at])
  if (session.transport === 'http') expect(isWhole).toEqual(script.map(() => true))
  else for (const text of session.sent.slice(1)) expect(text).not.toContain('<environment_context>')
}

const outputOf = (at: number) => script[at]?.usage.output ?? 0

describe.each(rows)('Codex over $transport, paid with $payer, in $size', (row) => {
  const { transport, account, token, ofModel, key, bytes, rates } = row

  test('a session of six turns keeps its cache, and each is charged exactly', async () => {
    const { prompts, respond } = cachedResponses(script)
    bench.upstream.respond(respond)
    const session = await startCodex({ url: bench.url, token: token(), model, transport, bytes })
    const { histories, usages } = await play(session)
    checkRequests(session, histories)
    for (const { headers } of bench.upstream.calls) {
      expect(headers.authorization).toBe(`Bearer ${key}`)
      expect(Object.keys(headers).filter((name) => /codex|session|thread|beta/.test(name))).toEqual([])
    }
    // Each prompt begins with all of the one before it.
    const shared = [0, ...prompts.slice(0, -1).map(({ input }) => input - (input % 128))]
    expect(prompts.map(({ cached }) => cached)).toEqual(shared)
    expect(prompts.map(({ input }) => input > 272_000)).toEqual(script.map(() => rates === long))
    expect(usages).toMatchObject(
      prompts.map(({ input, cached }, at) => ({
        input_tokens: input,
        input_tokens_details: { cached_tokens: cached },
        output_tokens: outputOf(at),
      })),
    )
    const events = await bench.events(account, script.length)
    expect(events).toMatchObject(
      prompts.map((prompt, at) => {
        const cost = ofModel * costOf(prompt, outputOf(at), rates)
        const fee = feeOf(prompt.input + outputOf(at))
        return {
          provider: 'openai',
          credential: ofModel === 1 ? 'managed' : 'own',
          status: 'succeeded',
          usageSource: 'provider',
          inputTokens: prompt.input,
          cacheReadTokens: prompt.cached,
          outputTokens: outputOf(at),
          reasoningTokens: 17,
          modelCost: dollars(cost),
          fee: dollars(fee),
          charged: dollars(cost + fee),
          shortfall: '0.000000000',
        }
      }),
    )
    expect((await bench.settled(account)).slice(-script.length)).toEqual(events.map(({ charged }) => charged))
    expect(await bench.gateway.credits.audit(account)).toMatchObject({ ok: true })
  })
})
