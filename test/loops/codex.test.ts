import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEventSplitter } from '../../packages/core/src/dialects/sse.ts'
import type { Bench } from '../adapters/bench.ts'
import { applyPatch, said } from './codex-client.ts'
import { providers, startLoops } from './loop-providers.ts'
import { chargeOf, runTool, type ScriptedTurn } from './script.ts'
import { type Members, strictly } from './strict.ts'

const patch =
  '*** Begin Patch\n*** Update File: a.ts\n@@\n-const a = "x\\n"\n+const a = \'ü \u{1F600}\\t\'\n*** End Patch\n'
const shellCall = { command: ['bash', '-lc', 'npm test'], workdir: '/repo' }

/** As the model is offered them where nothing but functions can be. */
const script: readonly ScriptedTurn[] = [
  {
    thinking: 'A small patch.',
    seal: 'EqQBCkgIBRABGAIiQL+/p1==',
    text: 'I change it.',
    calls: [{ id: 'p1', name: 'apply_patch', args: { input: patch } }],
    usage: { input: 2001, output: 151, reasoning: 31 },
  },
  {
    thinking: '',
    seal: 'EqQBCkgIBRABGAIiQL+/p2==',
    calls: [{ id: 's1', name: 'shell', args: shellCall }],
    usage: { input: 2203, output: 53, reasoning: 13 },
  },
  {
    thinking: 'It passes.',
    seal: 'EqQBCkgIBRABGAIiQL+/p3==',
    text: 'Done.',
    calls: [],
    usage: { input: 2309, output: 19, reasoning: 7 },
  },
]

const shell = {
  type: 'function',
  name: 'shell',
  description: 'Runs a shell command and returns its output.',
  strict: false,
  parameters: {
    type: 'object',
    properties: {
      command: { type: 'array', items: { type: 'string' }, description: 'The command to execute' },
      workdir: { type: 'string' },
      timeout_ms: { type: 'number' },
    },
    required: ['command'],
    additionalProperties: false,
  },
}

/** What Codex sends in every turn. */
const requestOf = (model: string, input: readonly Members[]) => ({
  model,
  instructions: 'You are Codex, a coding agent.',
  input,
  tools: [shell, applyPatch],
  tool_choice: 'auto',
  parallel_tool_calls: false,
  reasoning: { effort: 'medium', summary: 'auto' },
  store: false,
  stream: true,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: '0198c0de-0000-7000-8000-000000000000',
})

/** Codex takes items from `output_item.done` alone, and an answer without `response.completed` for a failure. */
async function read(response: Response) {
  const events = createEventSplitter()
    .push(new Uint8Array(await response.arrayBuffer()))
    .map(({ data }) => JSON.parse(data) as Members & { readonly type: string })
  const of = (type: string) => events.filter((event) => event.type === type)
  const [completed] = of('response.completed')
  return {
    items: of('response.output_item.done').map(({ item }) => item as Members),
    patched: of('response.custom_tool_call_input.delta')
      .map(({ delta }) => delta)
      .join(''),
    patchedWhole: of('response.custom_tool_call_input.done').map(({ input }) => input),
    usage: (completed?.response as Members | undefined)?.usage,
    sequence: events.map(({ sequence_number }) => sequence_number),
  }
}

function resultOf({ type, call_id, name, arguments: json }: Members): readonly Members[] {
  if (type === 'custom_tool_call')
    return [{ type: 'custom_tool_call_output', call_id, output: runTool(String(name), {}) }]
  if (type !== 'function_call') return []
  return [{ type: 'function_call_output', call_id, output: runTool(String(name), JSON.parse(String(json))) }]
}

let bench: Bench
beforeAll(async () => {
  bench = await startLoops()
})
afterAll(() => bench.stop())

const { anthropic, groq, gemini } = providers

describe.each([anthropic, groq, gemini])('T28 Codex on a model of $id', ({ id, model, api }) => {
  test('patches as free text, runs its shell, and is charged turn by turn', async () => {
    const before = (await bench.charges(0)).length
    bench.upstream.respond(strictly(api, { script }))
    bench.upstream.calls.length = 0
    const input: Members[] = [
      said('developer', 'Approvals: never.'),
      said('user', '<environment_context>\n  <cwd>/repo</cwd>\n</environment_context>'),
      said('user', 'Change it.'),
    ]
    const headers = {
      originator: 'codex_cli_rs',
      session_id: '0198c0de',
      'openai-beta': 'responses=experimental',
    }
    for (const turn of script) {
      const response = await bench.post('/v1/responses', requestOf(`${id}:${model}`, input), { headers })
      expect(response.status, await (response.ok ? '' : response.clone().text())).toBe(200)
      const { items, patched, patchedWhole, usage, sequence } = await read(response)
      expect(sequence).toEqual(sequence.map((_number, at) => at))
      expect(usage).toMatchObject({
        input_tokens: turn.usage.input,
        output_tokens: turn.usage.output,
        total_tokens: turn.usage.input + turn.usage.output,
      })
      if (turn.calls[0]?.name === 'apply_patch') {
        expect([patched, ...patchedWhole]).toEqual([patch, patch])
        expect(items.at(-1)).toMatchObject({ type: 'custom_tool_call', name: 'apply_patch', input: patch })
      }
      if (turn.calls[0]?.name === 'shell') {
        const [call] = items.filter(({ type }) => type === 'function_call')
        expect(JSON.parse(String(call?.arguments))).toEqual(shellCall)
      }
      input.push(...items, ...items.flatMap(resultOf))
    }
    expect(input.at(-1)).toMatchObject({ type: 'message', content: [{ text: 'Done.' }] })
    expect((await bench.charges(before + 3)).slice(before)).toEqual(script.map(chargeOf))
  })

  test('and its free-text tool is offered as a function with one member', async () => {
    const tools = bench.upstream.calls[0]?.json().tools
    const schema = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] }
    expect(JSON.stringify(tools)).toContain(JSON.stringify(schema))
    expect(JSON.stringify(tools)).toContain('begin_patch hunk+ end_patch')
  })
})
