import type { ScriptedTurn } from './script.ts'
import {
  demand,
  demandEqual,
  demandKnown,
  type History,
  listAt,
  type Members,
  membersAt,
  pieces,
  type StrictApi,
} from './strict.ts'

/** Chat Completions, which shows its reasoning and does not need it back. */
export const strictChat: StrictApi = {
  check,
  json: (turn, at) => ({
    ...head(at, 'chat.completion'),
    choices: [{ index: 0, message: messageOf(turn), logprobs: null, finish_reason: finishOf(turn) }],
    usage: usageOf(turn),
  }),
  events,
  streams: (call) => call.json().stream === true,
}

const members =
  'model messages tools tool_choice max_tokens max_completion_tokens stream stream_options reasoning_effort parallel_tool_calls store user safety_identifier prompt_cache_key verbosity'
const messageMembers: Readonly<Record<string, string>> = {
  system: 'role content',
  developer: 'role content',
  user: 'role content',
  assistant: 'role content reasoning parsed tool_calls refusal annotations audio function_call',
  tool: 'role content tool_call_id',
}

function check(body: Members, { given, from }: History): void {
  demandKnown(body, members, 'body')
  for (const [at, tool] of listAt(body.tools, 'tools').entries()) {
    demandEqual(tool.type, 'function', `tools.${at}.type`)
    demandKnown(
      membersAt(tool.function, 'function'),
      'name description parameters strict',
      `tools.${at}.function`,
    )
  }
  const messages = listAt(body.messages, 'messages')
  let open: readonly unknown[] = []
  let turn = 0
  for (const [at, message] of messages.entries()) {
    const known = messageMembers[String(message.role)]
    demand(known, `messages[${at}].role: ${String(message.role)}`)
    demandKnown(message, known, `messages[${at}]`)
    if (message.role === 'tool') {
      demand(open.includes(message.tool_call_id), `messages[${at}]: role "tool" must follow its tool_calls`)
      open = open.filter((id) => id !== message.tool_call_id)
      continue
    }
    demandEqual(open, [], 'tool_call_ids did not have response messages')
    if (message.role !== 'assistant') continue
    open = turn < from ? idsOf(message) : checkTurn(message, given[turn])
    turn += 1
  }
  demandEqual(open, [], 'tool_call_ids did not have response messages')
  demandEqual(turn, given.length, 'turns of the assistant')
}

/** Another provider's ids are as good as its own. */
function idsOf({ tool_calls: calls = [] }: Members): readonly unknown[] {
  return listAt(calls, 'tool_calls').map((call) => {
    demandKnown(call, 'id type function', 'tool_calls')
    return call.id
  })
}

function checkTurn(
  { content, tool_calls: calls = [] }: Members,
  turn: ScriptedTurn | undefined,
): readonly unknown[] {
  demand(turn, 'A turn that no model wrote.')
  demandEqual(textOf(content), turn.text ?? '', 'text of the assistant')
  const expected = turn.calls.map(callOf)
  const parsed = listAt(calls, 'tool_calls').map(({ id, type, function: given }) => {
    const { name, arguments: text } = membersAt(given, 'function')
    return { id, type, function: { name, arguments: JSON.stringify(JSON.parse(String(text))) } }
  })
  demandEqual(parsed, expected, 'tool_calls')
  return expected.map(({ id }) => id)
}

function textOf(content: unknown): string {
  if (content === null || content === undefined) return ''
  return typeof content === 'string'
    ? content
    : listAt(content, 'content')
        .map(({ text }) => String(text))
        .join('')
}

const callOf = ({ id, name, args }: ScriptedTurn['calls'][number]) => ({
  id: `call_${id}`,
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
})

function messageOf({ thinking, text, calls }: ScriptedTurn): Members {
  return {
    role: 'assistant',
    content: text ?? null,
    ...(thinking !== '' && { reasoning: thinking }),
    ...(calls.length > 0 && { tool_calls: calls.map(callOf) }),
  }
}

/** The pieces of calls side by side take turns. */
function events(turn: ScriptedTurn, at: number): readonly string[] {
  const base = head(at, 'chat.completion.chunk')
  const chunk = (delta: Members, finish: string | null = null) =>
    frame({ ...base, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage: null })
  const calls = turn.calls.map(callOf)
  const parts = calls.map((call) => pieces(call.function.arguments))
  const rounds = [0, 1].flatMap((round) =>
    calls.flatMap((_call, index) => {
      const text = parts[index]?.[round]
      return text === undefined ? [] : [chunk({ tool_calls: [{ index, function: { arguments: text } }] })]
    }),
  )
  return [
    chunk({ role: 'assistant', content: '' }),
    ...pieces(turn.thinking).map((reasoning) => chunk({ reasoning })),
    ...pieces(turn.text ?? '').map((content) => chunk({ content })),
    ...calls.map((call, index) =>
      chunk({ tool_calls: [{ index, ...call, function: { ...call.function, arguments: '' } }] }),
    ),
    ...rounds,
    chunk({}, finishOf(turn)),
    frame({ ...base, choices: [], usage: usageOf(turn) }),
    'data: [DONE]\n\n',
  ]
}

const frame = (data: Members) => `data: ${JSON.stringify(data)}\n\n`
const head = (at: number, object: string) => ({ id: `chatcmpl-${at}`, object, created: 1, model: 'gpt-5' })
const finishOf = ({ calls }: ScriptedTurn) => (calls.length > 0 ? 'tool_calls' : 'stop')

function usageOf({ usage: { input, output, reasoning } }: ScriptedTurn): Members {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    completion_tokens_details: { reasoning_tokens: reasoning },
  }
}
