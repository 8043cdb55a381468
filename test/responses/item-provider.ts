import { randomBytes } from 'node:crypto'
import { type Answer, json, type StreamOptions, stream } from '../upstream/answer.ts'
import type { RecordedCall } from '../upstream/upstream.ts'

type Item = Record<string, unknown> & { readonly id: string; readonly type: string }

/** A provider that keeps the items of its answers, for each of its credentials apart. */
export interface ItemProvider {
  readonly script: (call: RecordedCall) => Answer
  /** Ids that requests have named in place of sending items. */
  readonly named: string[]
  /** How streams are sent. */
  streams: StreamOptions
}

const idOf = (prefix: string) => `${prefix}_${randomBytes(12).toString('hex')}`

const reasoning = () => ({ type: 'reasoning', id: idOf('rs'), summary: [] })
const message = (text: string) => ({
  type: 'message',
  id: idOf('msg'),
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
})
const weatherCall = () => ({
  type: 'function_call',
  id: idOf('fc'),
  call_id: idOf('call'),
  name: 'weather',
  arguments: '{"city":"Graz"}',
  status: 'completed',
})

/** Asks for the weather where it may and does not know it, and says how it is. */
function outputFor({ tools, input }: Record<string, unknown>): Item[] {
  const knows = !Array.isArray(tools) || tools.length === 0 || JSON.stringify(input).includes('sunny')
  return knows ? [reasoning(), message('Sunny.')] : [reasoning(), weatherCall()]
}

const isNamed = ({ type, role, encrypted_content }: Item) =>
  type === 'item_reference' || (!type && !role) || (type === 'reasoning' && !encrypted_content)

const namedIn = ({ input }: Record<string, unknown>) =>
  (Array.isArray(input) ? (input as Item[]) : []).filter(isNamed).map(({ id }) => id)

const usage = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 15,
}

/**
 * What OpenAI does with items: an item of another credential is none.
 *
 * @example
 * const provider = itemProvider()
 * const upstream = await startUpstream(provider.script)
 */
export function itemProvider(): ItemProvider {
  const kept = new Map<string, string>()
  const provider: ItemProvider = { script: answer, named: [], streams: {} }

  function answer(call: RecordedCall): Answer {
    const owner = String(call.headers.authorization)
    const body = call.json()
    if (call.path.endsWith('/input_tokens'))
      return json(200, { object: 'response.input_tokens', input_tokens: 1 })
    const named = namedIn(body)
    provider.named.push(...named)
    const unknown = named.find((id) => kept.get(id) !== owner)
    if (unknown !== undefined) return missing(unknown)
    const output = outputFor(body)
    if (body.store !== false) for (const { id } of output) kept.set(id, owner)
    const response = {
      id: idOf('resp'),
      object: 'response',
      created_at: 1,
      model: body.model,
      status: 'completed',
      error: null,
      incomplete_details: null,
      store: body.store !== false,
      output,
      usage,
    }
    return body.stream === true ? stream(eventsOf(response), provider.streams) : json(200, response)
  }
  return provider
}

function missing(id: string): Answer {
  const error = { message: `Item with id '${id}' not found.`, type: 'invalid_request_error', param: 'input' }
  return json(404, { error: { ...error, code: null } })
}

function eventsOf(response: { readonly output: readonly Item[] }): string[] {
  let sequence = 0
  const event = (type: string, data: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...data })}\n\n`
  const open = { ...response, status: 'in_progress', output: [], usage: null }
  return [
    event('response.created', { response: open }),
    ...response.output.flatMap((item, output_index) => [
      event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress' } }),
      ...textsOf(item).map((delta) =>
        event('response.output_text.delta', { item_id: item.id, output_index, content_index: 0, delta }),
      ),
      event('response.output_item.done', { output_index, item }),
    ]),
    event('response.completed', { response }),
  ]
}

function textsOf({ content }: Item): readonly string[] {
  return Array.isArray(content) ? content.map(({ text }) => String(text)) : []
}
