import type { DialectId } from '../../providers/dialect-id.ts'
import type { Delta } from '../delta.ts'
import type { Dialect } from '../dialect.ts'
import { dialects } from '../dialects.ts'
import { isJsonObject, type JsonObject } from '../json.ts'

/** Dialects in which tokens can be counted without an answer. */
export type CountingDialectId = 'anthropic-messages' | 'openai-responses' | 'google-gemini'

interface CountingFacts extends Pick<Dialect, 'upstreamPath'> {
  /** Members of a request that say what to count; the others are about an answer. */
  readonly counted: ReadonlySet<string>
  /** Of the number of tokens in the answer. */
  readonly member: string
  /** What else an answer says. */
  readonly constants?: JsonObject
  /** The request in what a client sends. */
  unwrap?(body: JsonObject): JsonObject
  /** What a provider is sent for a request. */
  wrap?(body: JsonObject, model: string): JsonObject
}

const facts: Readonly<Record<CountingDialectId, CountingFacts>> = {
  'anthropic-messages': {
    upstreamPath: () => '/messages/count_tokens',
    counted: new Set(['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config']),
    member: 'input_tokens',
  },
  'openai-responses': {
    upstreamPath: () => '/responses/input_tokens',
    counted: new Set([
      'model',
      'input',
      'instructions',
      'tools',
      'tool_choice',
      'parallel_tool_calls',
      'reasoning',
      'text',
      'truncation',
    ]),
    member: 'input_tokens',
    constants: { object: 'response.input_tokens' },
  },
  'google-gemini': {
    upstreamPath: ({ model }) => `/models/${model}:countTokens`,
    counted: new Set(['contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig']),
    member: 'totalTokens',
    unwrap: (body) => (isJsonObject(body.generateContentRequest) ? body.generateContentRequest : body),
    wrap: (body, model) => ({ generateContentRequest: { ...body, model: `models/${model}` } }),
  },
}

function countingDialect(id: CountingDialectId): Dialect {
  const dialect = dialects[id]
  const { upstreamPath, counted, member, constants, unwrap = asItIs, wrap = asItIs } = facts[id]
  const { parseRequest, renderRequest } = dialect
  return {
    ...dialect,
    upstreamPath,
    ...(parseRequest && { parseRequest: (body) => parseRequest(unwrap(body)) }),
    ...(renderRequest && {
      renderRequest(conversation, target) {
        const rendered = renderRequest(conversation, target)
        const body = Object.fromEntries(Object.entries(rendered.body).filter(([name]) => counted.has(name)))
        return { ...rendered, body: wrap(body, target.model) }
      },
    }),
    parseAnswer: ({ [member]: tokens }) => (typeof tokens === 'number' ? [countDelta(tokens)] : undefined),
    renderAnswer: (deltas) => ({ ...constants, [member]: countIn(deltas) }),
  }
}

function asItIs(body: JsonObject): JsonObject {
  return body
}

/** A number of input tokens, as the beginning of an answer that does not come. */
export function countDelta(tokens: number): Delta {
  const usage = { inputUncached: tokens, cacheRead: 0, cacheWrite: 0, output: 0 }
  return { type: 'start', id: '', model: '', usage }
}

/** The number in what {@link countDelta} made. */
export function countIn(deltas: readonly Delta[]): number {
  const start = deltas.find((delta) => delta.type === 'start')
  return start?.usage?.inputUncached ?? 0
}

/** Counting tokens, as dialects of their own: the same requests at other paths, answered with a number. */
export const countingDialects: Readonly<Partial<Record<DialectId, Dialect>>> &
  Readonly<Record<CountingDialectId, Dialect>> = {
  'anthropic-messages': countingDialect('anthropic-messages'),
  'openai-responses': countingDialect('openai-responses'),
  'google-gemini': countingDialect('google-gemini'),
}
