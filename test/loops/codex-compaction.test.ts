import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { json } from '../upstream/answer.ts'
import { longText } from './claude-code-client.ts'
import { said } from './codex-client.ts'
import { type SessionBench, startSessions } from './session-bench.ts'
import { dollars, feeOf } from './session-script.ts'

let bench: SessionBench
beforeAll(async () => {
  bench = await startSessions()
})
afterAll(() => bench.stop())
beforeEach(async () => {
  await bench.begin()
  bench.upstream.respond(json(200, compacted))
})

const compacted = {
  id: 'resp_c1',
  object: 'response.compaction',
  created_at: 1,
  output: [
    {
      type: 'message',
      id: 'msg_1',
      role: 'user',
      status: 'completed',
      content: [{ type: 'input_text', text: 'Mend it.' }],
    },
    { type: 'compaction', id: 'cmp_1', encrypted_content: 'gAAAAAB' },
  ],
  usage: {
    input_tokens: 7501,
    input_tokens_details: { cached_tokens: 7424 },
    output_tokens: 611,
    output_tokens_details: { reasoning_tokens: 64 },
    total_tokens: 8112,
  },
}
const request = {
  model: 'gpt-5.5',
  input: [said('user', longText(30_000)), said('user', 'Mend it.')],
  instructions: 'You are Codex, a coding agent.',
  tools: [],
  parallel_tool_calls: true,
  reasoning: { effort: 'medium' },
  prompt_cache_key: '0198c0de',
}
const compact = (body: object, token = bench.token) =>
  bench.post('/v1/responses/compact', body, { headers: { authorization: `Bearer ${token}` } })

describe('a conversation that Codex has made shorter', () => {
  test('is made by its provider, from the client’s own bytes, and charged exactly', async () => {
    const response = await compact(request)
    expect([response.status, await response.json()]).toEqual([200, compacted])
    const [call] = bench.upstream.calls
    expect([call?.method, call?.path]).toEqual(['POST', '/v1/responses/compact'])
    expect(call?.body.toString()).toBe(JSON.stringify(request))
    expect(call?.headers.authorization).toBe('Bearer sk-upstream')
    const cost = 77 * 5000 + 7424 * 500 + 611 * 30_000
    const charged = dollars(cost + feeOf(8112))
    expect(response.headers.get('tollgate-cost')).toBe(charged)
    expect(await bench.events('acme', 1)).toMatchObject([
      {
        clientDialect: 'openai-responses',
        status: 'succeeded',
        usageSource: 'provider',
        usage: { text_in: 77, cache_read: 7424, text_out: 611 },
        charged,
      },
    ])
  })

  test('costs the fee on a key of one’s own', async () => {
    await (await compact(request, bench.ownToken)).text()
    expect(bench.upstream.calls[0]?.headers.authorization).toBe('Bearer sk-own-openai')
    expect((await bench.settled('owner')).at(-1)).toBe(dollars(feeOf(8112)))
  })

  test('is held for in full, because nothing limits its length', async () => {
    const { gateway } = bench
    await gateway.credits.grant({ account: 'short', amount: '3.90', reference: 'start' })
    const { token } = await gateway.keys.create({ account: 'short' })
    // 128,000 tokens of output at $30.00 a million alone are $3.84, and the input's bytes are some more.
    expect((await compact(request, token)).status).toBe(402)
    expect(bench.asked()).toEqual([])
    await gateway.credits.grant({ account: 'short', amount: '0.50', reference: 'more' })
    expect((await compact(request, token)).status).toBe(200)
    expect(bench.asked()[0]?.json()).not.toHaveProperty('max_output_tokens')
  })

  test('is had from no provider of another dialect, which its client is told', async () => {
    const response = await compact({ ...request, model: 'claude-sonnet-4-6' })
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { type: 'invalid_request_error', code: 'unsupported_parameter', param: 'model' } },
    ])
    expect(bench.upstream.calls).toEqual([])
  })

  test('is nothing that could be asked for again', async () => {
    await (await compact(request)).text()
    const headers = { authorization: `Bearer ${bench.token}` }
    expect((await bench.fetch(`${bench.url}/v1/responses/resp_c1`, { headers })).status).toBe(404)
    expect((await bench.fetch(`${bench.url}/v1/responses/compact`, { headers })).status).toBe(405)
  })
})
