import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { json, stream } from '../upstream/answer.ts'
import { cachedMessages, cachedResponses } from './cached-upstream.ts'
import { startClaudeCode } from './claude-code-client.ts'
import { startCodex } from './codex-client.ts'
import { type SessionBench, startSessions } from './session-bench.ts'
import { dollars, feeOf, sessionScript } from './session-script.ts'

const claude = 'anthropic:claude-sonnet-4-5'
const gpt = 'gpt-5.5'
const ofClaude = sessionScript('Bash', (at) => ({ command: `sed -n ${at}p a.ts` }))
const ofGpt = sessionScript('shell_command', (at) => ({ command: `sed -n ${at}p a.ts` }))

let bench: SessionBench
beforeAll(async () => {
  bench = await startSessions('Fastify')
})
afterAll(() => bench.stop())
beforeEach(() => bench.begin())
const events = (count: number) => bench.events('acme', count)

const overloaded = json(529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })

describe('a provider that is overloaded in the middle of a session', () => {
  test('Claude Code tries again by itself, finds its prompt in the cache, and pays for what was answered', async () => {
    const anthropic = cachedMessages(ofClaude)
    let calls = 0
    bench.upstream.respond((call) => (++calls === 3 ? overloaded : anthropic.respond(call)))
    const { url, token } = bench
    const session = startClaudeCode({ url, token, model: claude, maxRetries: 2 })
    session.say('Mend it.')
    for (let at = 0; at < 5; at += 1) await session.turn()
    expect(bench.upstream.calls[3]?.body).toEqual(bench.upstream.calls[2]?.body)
    const all = await events(6)
    expect(all.map(({ status }) => status)).toEqual([
      'succeeded',
      'succeeded',
      'failed',
      'succeeded',
      'succeeded',
      'succeeded',
    ])
    expect(all[2]).toMatchObject({ statusCode: 529, charged: '0.000000000' })
    expect(all[3]?.cacheReadTokens).toBe(all[1]?.inputTokens)
  })

  test('where it asks for a moment, the gateway waits for it, and Codex hears nothing of it', async () => {
    const openai = cachedResponses(ofGpt)
    let calls = 0
    const busy = json(503, { error: { message: 'Busy.' } }, { headers: { 'retry-after': '1' } })
    bench.upstream.respond((call) => (++calls === 2 ? busy : openai.respond(call)))
    const { url, token } = bench
    const session = await startCodex({ url, token, model: gpt, transport: 'http' })
    for (let at = 0; at < 3; at += 1) await session.turn()
    const all = await events(4)
    expect(all.map(({ status, attempts }) => [status, attempts])).toEqual([
      ['succeeded', 1],
      ['failed', 2],
      ['succeeded', 2],
      ['succeeded', 1],
    ])
    expect(all[1]).toMatchObject({ charged: '0.000000000' })
  })
})

describe('a user who stops an answer', () => {
  test('pays for what was shown, and the next turn goes on', async () => {
    const anthropic = cachedMessages(ofClaude)
    bench.upstream.respond((call) => {
      const answer = anthropic.respond(call)
      return answer.kind === 'stream' && anthropic.prompts.length === 2
        ? { ...answer, stallAfter: 4 }
        : answer
    })
    const { url, token } = bench
    const session = startClaudeCode({ url, token, model: claude })
    session.say('Mend it.')
    await session.turn()
    const stop = new AbortController()
    const shown = session.stream(stop.signal)
    // A thought whose seal never comes.
    await new Promise<void>((resolve) =>
      shown.on('streamEvent', ({ type }) => type === 'content_block_delta' && resolve()),
    )
    stop.abort()
    await expect(shown.finalMessage()).rejects.toThrow()
    const [, stopped] = await events(2)
    const { read = 0, write5m = 0 } = anthropic.prompts[1] ?? {}
    const { outputTokens = -1 } = stopped ?? {}
    expect(stopped).toMatchObject({ status: 'aborted', cacheReadTokens: read, cacheWrite5mTokens: write5m })
    // The input as it was reported, and a few tokens of output.
    expect([outputTokens > 0, outputTokens < 30]).toEqual([true, true])
    const cost = read * 300 + write5m * 3750 + outputTokens * 15_000
    expect(stopped?.charged).toBe(dollars(cost + feeOf(read + write5m + outputTokens)))
    expect((await bench.gateway.credits.balance('acme')).held).toBe('0.000000000')

    session.say('[Request interrupted by user]')
    session.say('Look at it once more.')
    expect((await session.turn()).usage.cache_read_input_tokens).toBe(read + write5m)
    expect(await events(3)).toMatchObject([{}, {}, { status: 'succeeded' }])
  })
})

const inMessages = json(400, {
  type: 'error',
  error: { type: 'invalid_request_error', message: 'prompt is too long: 210094 tokens > 200000 maximum' },
})
const openaiSays =
  'Your input exceeds the context window of this model. Please adjust your input and try again.'
const code = 'context_length_exceeded'
const failed = { id: 'resp_1', object: 'response', status: 'failed', output: [], usage: null }
const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
const inResponses = stream([
  event('response.created', { response: { ...failed, status: 'in_progress' }, sequence_number: 0 }),
  event('response.failed', {
    response: { ...failed, error: { code, message: openaiSays } },
    sequence_number: 1,
  }),
])

describe('a conversation that has become too long', () => {
  test.each([
    ['Claude', claude, inMessages],
    ['GPT', gpt, inResponses],
  ])('Claude Code on %s reads it in the words by which it makes it shorter', async (_name, model, answer) => {
    bench.upstream.respond(answer)
    const { url, token } = bench
    const session = startClaudeCode({ url, token, model })
    await expect(session.turn()).rejects.toMatchObject({
      status: 400,
      error: { type: 'error', error: { type: 'invalid_request_error' } },
      message: expect.stringContaining('prompt is too long: '),
    })
    expect(await events(1)).toMatchObject([{ status: 'failed', charged: '0.000000000' }])
  })

  test.each([
    ['Claude', claude, inMessages, 'http'],
    ['Claude', claude, inMessages, 'socket'],
    ['GPT', gpt, inResponses, 'http'],
    ['GPT', gpt, inResponses, 'socket'],
  ] as const)(
    'Codex on %s hears it where it listens: %s, %o, %s',
    async (...[, model, answer, transport]) => {
      bench.upstream.respond(answer)
      const { url, token } = bench
      const session = await startCodex({ url, token, model, transport })
      const heard = await session.ask()
      session.close()
      expect(heard.status).toBe(200)
      expect(heard.events.at(-1)).toMatchObject({
        type: 'response.failed',
        response: { status: 'failed', error: { code } },
      })
      expect(await events(1)).toMatchObject([{ status: 'failed', charged: '0.000000000' }])
    },
  )
})

describe('an account that runs out in the middle of a session', () => {
  /** Enough for the first turn and not for what the second one has to reserve. */
  const spender = async (account: string, amount: string) => {
    await bench.gateway.credits.grant({ account, amount, reference: 'start' })
    return (await bench.gateway.keys.create({ account })).token
  }

  test('Claude Code is told so once, as a bill', async () => {
    bench.upstream.respond(cachedMessages(ofClaude).respond)
    const token = await spender('claude-spender', '0.70')
    const session = startClaudeCode({ url: bench.url, token, model: claude, maxRetries: 2 })
    await session.turn()
    await expect(session.turn()).rejects.toMatchObject({
      status: 402,
      error: { type: 'error', error: { type: 'billing_error', message: expect.stringContaining('$') } },
    })
    expect(session.sent).toHaveLength(2)
    expect(bench.asked()).toHaveLength(1)
    await bench.gateway.credits.grant({ account: 'claude-spender', amount: '5.00', reference: 'more' })
    expect((await session.turn()).usage.cache_read_input_tokens).toBeGreaterThan(7000)
    expect(await bench.gateway.credits.audit('claude-spender')).toMatchObject({ ok: true })
  })

  test.each(['http', 'socket'] as const)(
    'Codex is told so with the status 402, over %s',
    async (transport) => {
      bench.upstream.respond(cachedResponses(ofGpt).respond)
      const token = await spender(`codex-${transport}`, '0.20')
      const session = await startCodex({ url: bench.url, token, model: gpt, transport })
      await session.turn()
      expect(await session.ask()).toMatchObject({
        status: 402,
        events: [{ error: { type: 'insufficient_quota', code: 'insufficient_credits' } }],
      })
      expect(bench.asked()).toHaveLength(1)
      await bench.gateway.credits.grant({ account: `codex-${transport}`, amount: '20.00', reference: 'more' })
      expect(await session.turn()).toMatchObject({ input_tokens_details: { cached_tokens: 7808 } })
      session.close()
    },
  )
})
