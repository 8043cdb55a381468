import { randomBytes } from 'node:crypto'
import { type Answer, json, type StreamOptions, stream } from './answer.ts'
import type { RecordedCall } from './upstream.ts'

/** A provider that keeps responses as OpenAI does: for each of its credentials apart. */
export interface ResponsesProvider {
  readonly script: (call: RecordedCall) => Answer
  /** Ends a run that is made in the background. */
  finish(id: string, ending?: Ending): void
  /** Ids of everything that was made, oldest first. */
  readonly ids: string[]
  /** How long a run works before it ends by itself, in reads of it. @default never */
  endAfterReads: number
  /** How a run ends that is cancelled. */
  cancelled: Ending
  /** Tokens that each request has beside its own. */
  extraTokens: number
  /** How streams are sent that are made while their client waits: three events. */
  streams: StreamOptions
  /** Forgets a response, as its age would. */
  lose(id: string): void
}

export interface Ending {
  readonly status: 'completed' | 'incomplete' | 'failed' | 'cancelled'
  /** @default 100 input and 20 output tokens */
  readonly usage?: object | null
  readonly output?: readonly object[]
}

interface Kept {
  readonly response: Record<string, unknown>
  readonly owner: string
  readonly input: unknown
  /** Tokens of all that led to it. */
  tokens: number
  reads: number
  readonly ended: PromiseWithResolvers<void>
}

function newResponse(body: Record<string, unknown>, { owner, tokens }: Pick<Kept, 'owner' | 'tokens'>): Kept {
  const response = {
    id: `resp_${randomBytes(24).toString('hex')}`,
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: body.background ? 'queued' : 'in_progress',
    background: body.background === true,
    error: null,
    incomplete_details: null,
    model: body.model,
    output: [],
    previous_response_id: body.previous_response_id ?? null,
    store: body.store !== false,
    usage: null,
  }
  return { response, owner, input: body.input, tokens, reads: 0, ended: Promise.withResolvers<void>() }
}

/** An answer that is made while its client waits: all that led to it, and five tokens. */
function atOnce(made: Kept, isStream: boolean, options: StreamOptions): Answer {
  const { response } = made
  const open = { ...response }
  Object.assign(response, { status: 'completed', output: [message('hello')], usage: usageOf(made.tokens, 5) })
  made.tokens += 5
  if (!isStream) return json(200, response)
  const events = [
    event('response.created', 0, { response: open }),
    event('response.output_text.delta', 1, { output_index: 0, content_index: 0, delta: 'hello' }),
    event('response.completed', 2, { response }),
  ]
  return stream(events, options)
}

const message = (text: string) => ({
  type: 'message',
  id: `msg_${randomBytes(8).toString('hex')}`,
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
})

const usageOf = (input: number, output: number) => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: input + output,
})

const refusal = (status: number, text: string, more: object = {}) =>
  json(status, { error: { message: text, type: 'invalid_request_error', param: null, code: null, ...more } })

const event = (type: string, number: number, more: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number, ...more })}\n\n`

export function responsesLike(): ResponsesProvider {
  const kept = new Map<string, Kept>()
  const provider: ResponsesProvider = {
    script: (call) => answer(call),
    finish(id, { status, usage = usageOf(100, 20), output = [message('done')] } = { status: 'completed' }) {
      const found = kept.get(id)
      if (!found || isOver(found)) return
      Object.assign(found.response, { status, usage, output, completed_at: 1 })
      found.ended.resolve()
    },
    ids: [],
    endAfterReads: Number.POSITIVE_INFINITY,
    extraTokens: 0,
    streams: {},
    cancelled: { status: 'cancelled', usage: usageOf(100, 5), output: [] },
    lose: (id) => void kept.delete(id),
  }
  const isOver = ({ response }: Kept) => !['queued', 'in_progress'].includes(response.status as string)

  function answer(call: RecordedCall): Answer {
    const url = new URL(call.path, 'http://upstream')
    const [, id, action] = /\/responses(?:\/([^/]+))?(?:\/(\w+))?$/.exec(url.pathname) ?? []
    const owner = String(call.headers.authorization ?? call.headers['api-key'])
    if (id === undefined) return create(call.json(), owner)
    const found = kept.get(id)
    if (!found || found.owner !== owner) return refusal(404, `Response with id '${id}' not found.`)
    if (call.method === 'DELETE') return remove(id)
    if (action === 'input_items') return json(200, { object: 'list', data: [found.input], has_more: false })
    return action === 'cancel' ? cancel(id, found) : read(found, url.searchParams)
  }

  function remove(id: string): Answer {
    kept.delete(id)
    return json(200, { id, object: 'response', deleted: true })
  }

  function cancel(id: string, { response }: Kept): Answer {
    if (!response.background) return refusal(400, 'Cannot cancel a synchronous response.')
    provider.finish(id, provider.cancelled)
    return json(200, response)
  }

  function create(body: Record<string, unknown>, owner: string): Answer {
    const previous = body.previous_response_id as string | undefined
    const before = previous === undefined ? undefined : kept.get(previous)
    if (before?.owner !== (previous && owner))
      return refusal(400, `Previous response with id '${previous}' not found.`, {
        param: 'previous_response_id',
        code: 'previous_response_not_found',
      })
    const made = newResponse(body, { owner, tokens: (before?.tokens ?? 0) + 10 + provider.extraTokens })
    const id = made.response.id as string
    if (body.store !== false || body.background) kept.set(id, made)
    provider.ids.push(id)
    if (!body.background) return atOnce(made, body.stream === true, provider.streams)
    return body.stream ? follow(made, -1) : json(200, { ...made.response })
  }

  function read(found: Kept, query: URLSearchParams): Answer {
    found.reads += 1
    if (found.reads >= provider.endAfterReads) provider.finish(found.response.id as string)
    if (query.get('stream') === 'true') return follow(found, Number(query.get('starting_after') ?? -1))
    return json(200, found.response)
  }

  /** The events behind a number, as far as there are any, and the last one when the run ends. */
  function follow(found: Kept, after: number): Answer {
    const { response } = found
    const open = { ...response, status: 'in_progress', usage: null, output: [] }
    const events = [
      event('response.created', 0, { response: { ...open, status: 'queued' } }),
      event('response.queued', 1, { response: { ...open, status: 'queued' } }),
      event('response.in_progress', 2, { response: open }),
      event('response.output_text.delta', 3, { output_index: 0, content_index: 0, delta: 'do' }),
    ].filter((_, index) => index > after)
    const all = function* () {
      yield* events
      yield event(`response.${response.status}`, 4, { response })
    }
    return stream(all(), { gate: found.ended.promise, gateAfter: events.length })
  }
  return provider
}
