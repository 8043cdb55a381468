import {
  argumentsOf,
  type Json,
  listOf,
  numberOf,
  objectOf,
  type Reading,
  type ReadReason,
  stringOf,
} from './reading.ts'

const reasons: Readonly<Record<string, ReadReason>> = {
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
}

interface Block {
  readonly block: Json
  text: string
  json: string
}

/** Reads a stream of Messages. Of several starts the last one counts. */
export function readAnthropic(events: readonly Json[]): Reading {
  const from = events.findLastIndex(({ type }) => type === 'message_start')
  const start = objectOf(events[from]?.message)
  const own = events.slice(from)
  const blocks = blocksOf(own, listOf(start.content))
  const last = own.findLast(({ type }) => type === 'message_delta') ?? {}
  const reason = stringOf(objectOf(last.delta).stop_reason ?? start.stop_reason)
  const isSpliced = events.slice(0, from).some(({ type }) => type === 'content_block_start')
  const isEnd = ({ type, delta }: Json) =>
    type === 'message_stop' || stringOf(objectOf(delta).stop_reason) !== ''
  return {
    text: blocks.map(({ text }) => text).join(''),
    calls: blocks
      .filter(({ block }) => block.type === 'tool_use')
      .map(({ block, json }) => ({
        name: stringOf(block.name),
        arguments: json === '' ? objectOf(block.input) : argumentsOf(json),
      })),
    reason: reasons[reason] ?? 'stop',
    usage: usageOf(objectOf(start.usage), objectOf(last.usage)),
    endsAt: events.findIndex(isEnd),
    ...(isSpliced && { isSpliced }),
  }
}

function blocksOf(events: readonly Json[], given: readonly Json[]): readonly Block[] {
  const blocks = given.map((block): Block => ({ block, text: textOf(block), json: '' }))
  for (const { type, index, content_block: block, delta } of events) {
    if (type === 'content_block_start') {
      blocks[numberOf(index)] = { block: objectOf(block), text: textOf(objectOf(block)), json: '' }
    }
    const open = type === 'content_block_delta' ? blocks[numberOf(index)] : undefined
    if (open === undefined) continue
    open.text += stringOf(objectOf(delta).type === 'text_delta' ? objectOf(delta).text : '')
    open.json += stringOf(objectOf(delta).partial_json)
  }
  return blocks.filter((block) => block !== undefined)
}

function textOf({ type, text }: Json): string {
  return type === 'text' ? stringOf(text) : ''
}

/** What the end says replaces what the start said. Compaction is a pass of its own, beside the message's. */
function usageOf(start: Json, end: Json): Reading['usage'] {
  const said = Object.fromEntries(Object.entries(end).filter(([, value]) => value !== null))
  const usage: Json = { ...start, ...said }
  const passes = listOf(usage.iterations).filter(({ type }) => type === 'compaction')
  const sum = (name: string) => [usage, ...passes].reduce((total, pass) => total + numberOf(pass[name]), 0)
  const cached = sum('cache_read_input_tokens')
  return {
    input: sum('input_tokens') + cached + sum('cache_creation_input_tokens'),
    cached,
    output: sum('output_tokens'),
  }
}
