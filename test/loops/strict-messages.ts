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

/** Anthropic Messages. */
export const strictMessages: StrictApi = {
  check,
  json: (turn, at) => ({ ...messageOf(turn, at), content: contentOf(turn), ...endOf(turn) }),
  events,
  streams: (call) => call.json().stream === true,
}

const members =
  'model messages system tools tool_choice max_tokens stream thinking output_config temperature top_p top_k stop_sequences metadata service_tier cache_control context_management'
const blockMembers: Readonly<Record<string, string>> = {
  text: 'type text cache_control citations',
  thinking: 'type thinking signature',
  redacted_thinking: 'type data',
  tool_use: 'type id name input cache_control caller',
  tool_result: 'type tool_use_id content is_error cache_control',
}

function check(body: Members, history: History): void {
  demandKnown(body, members, 'body')
  demand(typeof body.max_tokens === 'number', 'max_tokens: Field required')
  const thinking = body.thinking === undefined ? undefined : membersAt(body.thinking, 'thinking')
  const isThinking = thinking?.type === 'enabled'
  if (isThinking)
    demand(Number(thinking.budget_tokens) < body.max_tokens, 'max_tokens must be greater than budget_tokens')
  for (const [at, tool] of listAt(body.tools, 'tools').entries()) {
    demandKnown(
      tool,
      'type name description input_schema cache_control strict eager_input_streaming',
      `tools.${at}`,
    )
    demandEqual(membersAt(tool.input_schema, 'input_schema').type, 'object', `tools.${at}.input_schema.type`)
  }
  const messages = listAt(body.messages, 'messages')
  for (const [at, message] of messages.entries()) {
    demand(message.role === (at % 2 === 0 ? 'user' : 'assistant'), `messages.${at}: roles must alternate`)
    checkBlocks(blocksOf(message, `messages.${at}`), `messages.${at}`)
    checkResults(messages, at)
  }
  checkHistory(messages, history)
  checkLoop(messages, isThinking)
  demand(isThinking || history.lossy, 'The client asked for thinking.')
}

function blocksOf({ content }: Members, where: string): readonly Members[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : listAt(content, `${where}.content`)
}

function checkBlocks(blocks: readonly Members[], where: string): void {
  demand(blocks.length > 0, `${where}: all messages must have non-empty content`)
  for (const [at, block] of blocks.entries()) {
    const known = blockMembers[String(block.type)]
    demand(known, `${where}.content.${at}.type: ${String(block.type)}`)
    demandKnown(block, known, `${where}.content.${at}`)
    if (block.type === 'text')
      demand(String(block.text).trim() !== '', 'text content blocks must be non-empty')
    if (block.type === 'tool_use')
      demand(/^[a-zA-Z0-9_-]+$/.test(String(block.id)), `${where}: id ${String(block.id)}`)
  }
}

/** All results of a turn's calls come at the beginning of the next message, and no others. */
function checkResults(messages: readonly Members[], at: number): void {
  const idsOf = (message: Members | undefined, type: string, name: string) =>
    message === undefined
      ? []
      : blocksOf(message, '')
          .filter((block) => block.type === type)
          .map((block) => block[name])
  const calls = idsOf(messages[at], 'tool_use', 'id')
  const results = idsOf(messages[at + 1], 'tool_result', 'tool_use_id')
  if (messages[at]?.role === 'assistant')
    demandEqual(
      calls.toSorted(),
      results.toSorted(),
      `messages.${at}: tool_use ids were found without tool_result blocks immediately after`,
    )
  const kinds = blocksOf(messages[at] as Members, '').map(({ type }) => type === 'tool_result')
  demand(
    !kinds.includes(true, kinds.indexOf(false) + 1) || !kinds.includes(false),
    'tool_result blocks come first',
  )
}

const isThought = ({ type }: Members) => type === 'thinking' || type === 'redacted_thinking'

/** Thinking is checked against its signature, and its place is in front of the calls that it led to. */
function checkHistory(messages: readonly Members[], { given, from, lossy }: History): void {
  const turns = messages
    .filter(({ role }) => role === 'assistant')
    .map((message) => blocksOf(message, '').map(({ cache_control: _mark, ...block }) => block))
  demandEqual(turns.length, given.length, 'turns of the assistant')
  for (const [at, turn] of given.entries()) {
    const blocks = turns[at] ?? []
    const isForeign = at < from
    if (isForeign || (lossy && !blocks.some(isThought)))
      demandEqual(blocks.filter(isThought), [], `Invalid signature in thinking block of turn ${at}`)
    else demandEqual(blocks, contentOf(turn), `turn ${at}, Invalid signature in thinking block`)
  }
}

/** A model that thinks finds the thinking of its own loop in front of the call. */
function checkLoop(messages: readonly Members[], isThinking: boolean): void {
  const last = blocksOf(messages.at(-2) ?? { content: [] }, '')
  const goesOn = blocksOf(messages.at(-1) as Members, '').some(({ type }) => type === 'tool_result')
  if (isThinking && goesOn) demand(last[0] && isThought(last[0]), 'Expected `thinking`, but found `tool_use`')
}

function contentOf({ thinking, seal, redacted, text, calls }: ScriptedTurn): readonly Members[] {
  return [
    { type: 'thinking', thinking, signature: seal },
    ...(redacted === undefined ? [] : [{ type: 'redacted_thinking', data: redacted }]),
    ...(text === undefined ? [] : [{ type: 'text', text }]),
    ...calls.map(({ id, name, args }) => ({ type: 'tool_use', id: `toolu_${id}`, name, input: args })),
  ]
}

function messageOf({ usage }: ScriptedTurn, at: number): Members {
  return {
    id: `msg_${at}`,
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: usage.input, output_tokens: 1 },
  }
}

function endOf({ calls, usage }: ScriptedTurn): Members {
  return {
    stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: {
      input_tokens: usage.input,
      output_tokens: usage.output,
      output_tokens_details: { thinking_tokens: usage.reasoning },
    },
  }
}

function events(turn: ScriptedTurn, at: number): readonly string[] {
  const { usage, ...delta } = endOf(turn)
  return [
    event({ type: 'message_start', message: messageOf(turn, at) }),
    ...contentOf(turn).flatMap(blockEvents),
    event({ type: 'message_delta', delta, usage }),
    event({ type: 'message_stop' }),
  ]
}

function blockEvents(block: Members, index: number): readonly string[] {
  const deltas = deltasOf(block).map((delta) => event({ type: 'content_block_delta', index, delta }))
  const start = { type: 'content_block_start', index, content_block: emptied(block) }
  return [event(start), ...deltas, event({ type: 'content_block_stop', index })]
}

function emptied(block: Members): Members {
  if (block.type === 'redacted_thinking') return block
  if (block.type === 'thinking') return { ...block, thinking: '', signature: '' }
  return block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} }
}

function deltasOf({ type, thinking, signature, text, input }: Members): readonly Members[] {
  if (type === 'redacted_thinking') return []
  if (type === 'thinking')
    return [
      ...pieces(String(thinking)).map((piece) => ({ type: 'thinking_delta', thinking: piece })),
      { type: 'signature_delta', signature },
    ]
  if (type === 'text') return pieces(String(text)).map((piece) => ({ type: 'text_delta', text: piece }))
  const json = JSON.stringify(input)
  return ['', ...(json === '{}' ? [] : pieces(json))].map((partial_json) => ({
    type: 'input_json_delta',
    partial_json,
  }))
}

const event = (data: Members) => `event: ${String(data.type)}\ndata: ${JSON.stringify(data)}\n\n`
