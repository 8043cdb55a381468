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

/** Responses that store nothing: encrypted reasoning has to come back in front of what it led to. */
export const strictResponses: StrictApi = {
  check,
  json: (turn, at) => responseOf(turn, at, true),
  events,
  streams: (call) => call.json().stream === true,
}

const members =
  'model input instructions tools tool_choice max_output_tokens stream reasoning include store parallel_tool_calls text truncation user safety_identifier prompt_cache_key metadata temperature top_p client_metadata'
const itemMembers: Readonly<Record<string, string>> = {
  message: 'type role content id status phase',
  reasoning: 'type id summary encrypted_content content status',
  // The last member is the client's own, which it sends along.
  function_call: 'type id call_id name arguments status namespace parsed_arguments',
  function_call_output: 'type id call_id output status',
}

function check(body: Members, { given, from, lossy }: History): void {
  demandKnown(body, members, 'body')
  demand(body.store === false, 'The client wants nothing to be stored.')
  demand(
    Array.isArray(body.include) && body.include.includes('reasoning.encrypted_content'),
    'include: the encrypted reasoning has to be asked for where nothing is stored',
  )
  for (const [at, tool] of listAt(body.tools, 'tools').entries())
    demandKnown(tool, 'type name description parameters strict format', `tools.${at}`)
  const items = listAt(body.input, 'input')
  for (const [at, item] of items.entries()) checkItem(item, `input[${at}]`)
  checkOutputs(items)
  const written = items.filter(isWritten).map(bare)
  const kept = lossy && !written.some(isReasoning) ? (item: Members) => !isReasoning(item) : () => true
  const own = given.slice(from).flatMap(itemsOf).filter(kept).map(bare)
  demandEqual(written.slice(written.length - own.length), own, 'what the model wrote')
  const foreign = written.slice(0, written.length - own.length)
  demandEqual(foreign.length > 0, from > 0, 'what another model wrote')
  demand(!foreign.some(isReasoning), 'The encrypted content could not be verified')
}

function checkItem(item: Members, where: string): void {
  const type = String(item.type ?? 'message')
  const known = itemMembers[type]
  demand(known, `${where}.type: ${type}`)
  demandKnown(item, known, where)
  if (type !== 'message') return
  demand(['user', 'assistant', 'system', 'developer'].includes(String(item.role)), `${where}.role`)
  if (typeof item.content === 'string') return
  for (const part of listAt(item.content, `${where}.content`))
    demandEqual(part.type, item.role === 'assistant' ? 'output_text' : 'input_text', `${where}.content.type`)
}

function checkOutputs(items: readonly Members[]): void {
  const idsOf = (type: string) => items.filter((item) => item.type === type).map((item) => item.call_id)
  demandEqual(
    idsOf('function_call').toSorted(),
    idsOf('function_call_output').toSorted(),
    'No tool output found',
  )
}

const isReasoning = ({ type }: Members) => type === 'reasoning'
const isWritten = ({ type, role }: Members) =>
  type === 'reasoning' || type === 'function_call' || role === 'assistant'

/** Without what the API does not need back. */
function bare({
  type,
  id,
  summary,
  encrypted_content,
  content,
  call_id,
  name,
  arguments: json,
}: Members): Members {
  if (type === 'reasoning') return { type, id, summary, encrypted_content }
  if (type === 'function_call')
    return { type, call_id, name, arguments: JSON.stringify(JSON.parse(String(json))) }
  const text =
    typeof content === 'string'
      ? content
      : listAt(content, 'content')
          .map((part) => part.text)
          .join('')
  return { type: 'message', text }
}

function itemsOf({ thinking, seal, text, calls }: ScriptedTurn): readonly Members[] {
  const summary = thinking === '' ? [] : [{ type: 'summary_text', text: thinking }]
  return [
    {
      type: 'reasoning',
      id: `rs_${seal.slice(-6, -2)}`,
      summary,
      encrypted_content: `gAAAAA${seal}`,
      status: 'completed',
    },
    ...(text === undefined
      ? []
      : [
          {
            type: 'message',
            id: `msg_${seal.slice(-6, -2)}`,
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
          },
        ]),
    ...calls.map(({ id, name, args }) => ({
      type: 'function_call',
      id: `fc_${id}`,
      call_id: `call_${id}`,
      name,
      arguments: JSON.stringify(args),
      status: 'completed',
    })),
  ]
}

function responseOf(turn: ScriptedTurn, at: number, isWhole: boolean): Members {
  const { input, output, reasoning } = turn.usage
  return {
    id: `resp_${at}`,
    object: 'response',
    created_at: 1,
    status: isWhole ? 'completed' : 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: 'gpt-5',
    output: isWhole ? itemsOf(turn) : [],
    parallel_tool_calls: true,
    store: false,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: isWhole
      ? {
          input_tokens: input,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: output,
          output_tokens_details: { reasoning_tokens: reasoning },
          total_tokens: input + output,
        }
      : null,
  }
}

function events(turn: ScriptedTurn, at: number): readonly string[] {
  let sequence = 0
  const event = (type: string, data: Members) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...data, sequence_number: sequence++ })}\n\n`
  return [
    event('response.created', { response: responseOf(turn, at, false) }),
    event('response.in_progress', { response: responseOf(turn, at, false) }),
    ...itemsOf(turn).flatMap((item, output_index) =>
      itemEvents(item, output_index).map(({ type, ...data }) => event(String(type), data)),
    ),
    event('response.completed', { response: responseOf(turn, at, true) }),
  ]
}

function itemEvents(item: Members, output_index: number): readonly Members[] {
  const place = { item_id: item.id, output_index }
  const emptied = {
    reasoning: { summary: [], encrypted_content: '' },
    message: { content: [] },
    function_call: { arguments: '' },
  }
  const added = { ...item, status: 'in_progress', ...emptied[item.type as keyof typeof emptied] }
  return [
    { type: 'response.output_item.added', output_index, item: added },
    ...innerEvents(item, place),
    { type: 'response.output_item.done', output_index, item },
  ]
}

function innerEvents(item: Members, place: Members): readonly Members[] {
  if (item.type === 'function_call') {
    const text = String(item.arguments)
    return [
      ...pieces(text).map((delta) => ({ type: 'response.function_call_arguments.delta', ...place, delta })),
      { type: 'response.function_call_arguments.done', ...place, name: item.name, arguments: text },
    ]
  }
  const thinks = isReasoning(item)
  if (thinks && listAt(item.summary, 'summary').length === 0) return []
  const [part] = listAt(thinks ? item.summary : item.content, 'parts')
  const text = String(membersAt(part, 'part').text)
  const [kind, inside] = thinks
    ? ['reasoning_summary_text', { ...place, summary_index: 0 }]
    : ['output_text', { ...place, content_index: 0, logprobs: [] }]
  const partKind = thinks ? 'reasoning_summary_part' : 'content_part'
  return [
    { type: `response.${partKind}.added`, ...inside, part: { ...part, text: '' } },
    ...pieces(text).map((delta) => ({ type: `response.${kind}.delta`, ...inside, delta })),
    { type: `response.${kind}.done`, ...inside, text },
    { type: `response.${partKind}.done`, ...inside, part },
  ]
}
