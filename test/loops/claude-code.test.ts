import { createHash } from 'node:crypto'
import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Bench } from '../adapters/bench.ts'
import { json } from '../upstream/answer.ts'
import { providers, startLoops } from './loop-providers.ts'
import { chargeOf, runTool, type ScriptedTurn } from './script.ts'
import { strictly } from './strict.ts'

/** Of one server, alike in their first 64 characters. */
const longNames = ['create_issue', 'close_issues'].map(
  (tool) => `mcp__plugin_enterprise-issue-tracker_production-eu-west-1-cluster__${tool}`,
)
const names = ['Bash', ...longNames]

/** What OpenAI's limit leaves of a name. */
const sent = (name: string) =>
  name.length <= 64
    ? name
    : `${name.slice(0, 55)}_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`

const scriptOf = (named: (name: string) => string): readonly ScriptedTurn[] => [
  {
    thinking: 'Two issues.',
    seal: 'EqQBCkgIBRABGAIiQL+/i1==',
    text: 'I write both.',
    calls: longNames.map((name, at) => ({ id: `i${at}`, name: named(name), args: { title: `No. ${at}` } })),
    usage: { input: 18_001, output: 151, reasoning: 31 },
  },
  {
    thinking: '',
    seal: 'EqQBCkgIBRABGAIiQL+/i2==',
    calls: [{ id: 'b1', name: 'Bash', args: { command: 'git status' } }],
    usage: { input: 18_203, output: 53, reasoning: 13 },
  },
  {
    thinking: 'Clean.',
    seal: 'EqQBCkgIBRABGAIiQL+/i3==',
    text: 'All is done.',
    calls: [],
    usage: { input: 18_309, output: 19, reasoning: 7 },
  },
]

const uuid = '0198c0de-0000-7000-8000-000000000000'
const cache_control = { type: 'ephemeral' as const }
const text = (value: string) => ({ type: 'text' as const, text: value })
const attribution = (turn: number) =>
  `x-anthropic-billing-header: cc_version=2.1.${turn}; cc_entrypoint=cli; cch=${turn}f3a;`

/** What Claude Code sends in every turn; only the attribution is another one each time. */
const requestOf = (model: string, turn: number, messages: Anthropic.MessageParam[]) => ({
  model,
  max_tokens: 32_000,
  system: [
    text(attribution(turn)),
    { ...text("You are Claude Code, Anthropic's official CLI for Claude."), cache_control },
    { ...text('You help with software. <env>Working directory: /repo</env>'), cache_control },
  ],
  messages,
  tools: names.map((name) => ({
    name,
    description: `The tool ${name.slice(-12)}.`,
    input_schema: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object' as const,
      properties: { title: { type: 'string' }, command: { type: 'string' } },
      additionalProperties: false,
    },
  })),
  thinking: { type: 'enabled' as const, budget_tokens: 31_999 },
  metadata: { user_id: `user_${'ab'.repeat(32)}_account_${uuid}_session_${uuid}` },
  temperature: 1,
})

const headers = {
  'user-agent': 'claude-cli/2.1.0 (external, cli)',
  'x-app': 'cli',
  'x-claude-code-session-id': '0198c0de',
  'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14',
}

let bench: Bench
beforeAll(async () => {
  bench = await startLoops()
})
afterAll(() => bench.stop())

/** The beta interface of the client is what adds `?beta=true` in the versions that Claude Code is made with. */
const connect = () =>
  new Anthropic({
    baseURL: bench.url,
    authToken: bench.token,
    apiKey: null,
    maxRetries: 0,
    defaultHeaders: headers,
    defaultQuery: { beta: 'true' },
  }).messages

const withMark = (content: string) => [
  text('<system-reminder>\nBe careful.\n</system-reminder>'),
  { ...text(content), cache_control },
]

const rows = [
  { ...providers.groq, path: '/v1/chat/completions', named: sent },
  { ...providers.responses, path: '/v1/responses', named: sent },
  {
    ...providers.gemini,
    path: '/v1/models/gemini-3-pro-preview:streamGenerateContent?alt=sse',
    named: undefined,
  },
]

describe.each(rows)('T30 Claude Code on a model of $id', ({ id, model, api, path, named }) => {
  const qualified = `${id}:${model}`

  test('calls tools by their long names, goes on with what they gave back, and is charged turn by turn', async () => {
    const before = (await bench.charges(0)).length
    const script = scriptOf(named ?? ((name) => name))
    bench.upstream.calls.length = 0
    bench.upstream.respond(strictly(api, { script }))
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: withMark('Write two issues.') }]
    const shown: string[][] = []
    for (const turn of script.keys()) {
      const { content, usage } = await connect()
        .stream(requestOf(qualified, turn, messages))
        .finalMessage()
      const { input, output } = script[turn]?.usage ?? { input: 0, output: 0 }
      expect(usage).toMatchObject({ input_tokens: input, output_tokens: output })
      messages.push({ role: 'assistant', content })
      const calls = content.filter((block) => block.type === 'tool_use')
      shown.push(calls.map(({ name }) => name))
      const results = calls.map(({ id: tool_use_id, name, input: args }) => ({
        type: 'tool_result' as const,
        tool_use_id,
        content: [
          { ...text(runTool(named?.(name) ?? name, args)), ...(name === 'Bash' && { cache_control }) },
        ],
      }))
      if (results.length > 0)
        messages.push({
          role: 'user',
          content: [...results, text('<system-reminder>\nGo on.\n</system-reminder>')],
        })
    }
    expect(shown).toEqual([longNames, ['Bash'], []])
    expect((await bench.charges(before + 3)).slice(before)).toEqual(script.map(chargeOf))
  })

  test('what changes with every turn stays behind, so that the beginning of the prompt can be cached', () => {
    const bodies = bench.upstream.calls.map(({ body }) => body.toString())
    expect(bodies).toHaveLength(3)
    for (const body of bodies) expect(body).not.toContain('x-anthropic-billing-header')
    const [first = '', second = '', third = ''] = bodies
    const beginning = first.slice(0, first.indexOf('Write two issues.'))
    expect(beginning.length).toBeGreaterThan(100)
    expect([second, third].every((body) => body.startsWith(beginning))).toBe(true)
  })

  test('nothing of Anthropic’s own reaches the provider', () => {
    for (const call of bench.upstream.calls) {
      expect(call.path).toBe(path)
      expect(Object.keys(call.headers).filter((name) => name.startsWith('anthropic-'))).toEqual([])
      const body = call.body.toString()
      for (const word of ['cache_control', 'budget_tokens', 'tollgate-', uuid])
        expect(body).not.toContain(word)
    }
  })

  test('may ask how long its prompt is', async () => {
    bench.upstream.respond(
      json(200, { object: 'response.input_tokens', input_tokens: 18_001, totalTokens: 18_001 }),
    )
    const {
      max_tokens: _limit,
      metadata: _user,
      temperature: _heat,
      ...request
    } = requestOf(qualified, 0, [{ role: 'user', content: withMark('Write two issues.') }])
    const { input_tokens } = await connect().countTokens(request)
    expect(input_tokens).toBeGreaterThan(100)
  })
})

test('T30 a tool that is asked for by its long name is asked for by the short one', async () => {
  bench.upstream.calls.length = 0
  bench.upstream.respond(strictly(providers.groq.api, { script: scriptOf(sent) }))
  const [name = ''] = longNames
  const request = requestOf(`groq:${providers.groq.model}`, 0, [{ role: 'user', content: 'Write.' }])
  await connect()
    .stream({ ...request, tool_choice: { type: 'tool', name } })
    .finalMessage()
  expect(bench.upstream.calls[0]?.json().tool_choice).toEqual({
    type: 'function',
    function: { name: sent(name) },
  })
})
