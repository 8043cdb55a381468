import type { Delta } from '../delta.ts'
import type { AnswerContext, StreamRenderer } from '../dialect.ts'
import { formatEvent } from '../sse.ts'
import { createAnswerParts } from './answer-parts.ts'
import { createAnswerSources } from './answer-sources.ts'
import { renderLogprobs } from './logprobs.ts'
import { renderStreamError } from './render-error.ts'
import { renderFinish } from './render-finish.ts'
import { renderUsageMetadata } from './render-usage.ts'

const before = 'data: {"candidates":[{"content":{"parts":['
const after = '],"role":"model"},"index":0'

/**
 * Hub deltas as chunks of `streamGenerateContent?alt=sse`. The chunk with the reason for the end is the last; there
 * is no marker behind it, and none after an error.
 */
export function createGeminiStreamRenderer(context: AnswerContext): StreamRenderer {
  const partOf = createAnswerParts()
  const sources = createAnswerSources()
  let tail = tailOf(context.requestId, context.model)

  /** @param more Members of the candidate. */
  function chunk(part: object, more: object | undefined, usage = ''): string {
    const members = more === undefined ? '' : `,${JSON.stringify(more).slice(1, -1)}`
    return `${before}${JSON.stringify(part)}${after}${members}}]${usage}${tail}`
  }

  function finish(delta: Extract<Delta, { type: 'finish' }>): string {
    const usage =
      delta.usage === undefined ? '' : `,"usageMetadata":${JSON.stringify(renderUsageMetadata(delta.usage))}`
    return chunk({ text: '' }, renderFinish(delta, sources), usage)
  }

  return {
    push(delta) {
      if (delta.type === 'error') return formatEvent(renderStreamError(delta))
      if (delta.type === 'finish') return finish(delta)
      if (delta.type === 'start') tail = tailOf(delta.id || context.requestId, delta.model || context.model)
      sources.take(delta)
      const part = partOf(delta)
      if (part === undefined) return ''
      const known = delta.type === 'text' && delta.logprobs !== undefined
      return chunk(part, known ? { logprobsResult: renderLogprobs(delta.logprobs) } : undefined)
    },
  }
}

/** What all chunks end with, written once. */
function tailOf(responseId: string, modelVersion: string): string {
  return `,${JSON.stringify({ modelVersion, responseId }).slice(1)}\n\n`
}
