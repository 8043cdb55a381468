import { tokens, word } from './answer-facts.ts'
import type { RecordedStream } from './recorded-stream.ts'

function frame(sequence: number, type: string, members: object): Buffer {
  const data = JSON.stringify({ type, ...members, sequence_number: sequence })
  return Buffer.from(`event: ${type}\ndata: ${data}\n\n`)
}

const id = '0a63f40a2632b74300699f8818e5648196a8fa657ae8091421'
const place = { item_id: `msg_${id}`, output_index: 0, content_index: 0 }

const usage = {
  input_tokens: tokens.input,
  input_tokens_details: { cached_tokens: tokens.cached },
  output_tokens: tokens.output,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: tokens.input + tokens.output,
}

/** Members that OpenAI repeats from the request in every event that holds the response. */
const echo = {
  background: false,
  error: null,
  incomplete_details: null,
  instructions: 'You are a careful engineer who answers in two sentences.',
  max_output_tokens: null,
  max_tool_calls: null,
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  store: false,
  temperature: 0.7,
  text: { format: { type: 'text' }, verbosity: 'medium' },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
  metadata: {},
}

function response(members: object): object {
  const head = { id: `resp_${id}`, object: 'response', created_at: 1_764_000_000 }
  return { response: { ...head, model: 'gpt-4o-mini-2024-07-18', ...echo, ...members } }
}

function part(text: string): object {
  return { type: 'output_text', annotations: [], logprobs: [], text }
}

function item(status: string, content: readonly object[]): object {
  return { id: place.item_id, type: 'message', status, content, role: 'assistant' }
}

const begun = { status: 'in_progress', service_tier: 'auto', output: [], usage: null }

const opening = Buffer.concat([
  frame(0, 'response.created', response(begun)),
  frame(1, 'response.in_progress', response(begun)),
  frame(2, 'response.output_item.added', { output_index: 0, item: item('in_progress', []) }),
  frame(3, 'response.content_part.added', { ...place, part: part('') }),
])

const first = 4
const texts: Buffer[] = []

function closing(words: number): Buffer {
  const text = word.repeat(words)
  const next = first + words
  const whole = item('completed', [part(text)])
  const ended = { status: 'completed', service_tier: 'default', output: [whole], usage }
  return Buffer.concat([
    frame(next, 'response.output_text.done', { ...place, text, logprobs: [] }),
    frame(next + 1, 'response.content_part.done', { ...place, part: part(text) }),
    frame(next + 2, 'response.output_item.done', { output_index: 0, item: whole }),
    frame(next + 3, 'response.completed', response(ended)),
  ])
}

const closings = new Map<number, Buffer>()

/** OpenAI's Responses: numbered events, the text repeated at the end. */
export const responsesStream: RecordedStream = {
  opening,
  text(at) {
    texts[at] ??= frame(first + at, 'response.output_text.delta', {
      ...place,
      delta: word,
      logprobs: [],
      obfuscation: 'Qup1BsQ3kTdYoz7W'.slice(at % 8),
    })
    return texts[at]
  },
  closing(words) {
    const bytes = closings.get(words) ?? closing(words)
    closings.set(words, bytes)
    return bytes
  },
}
