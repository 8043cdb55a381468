import type { JsonObject } from '../json.ts'
import type { RenderContext } from './render-context.ts'
import { createMemberRenderer } from './render-member.ts'

/** OpenAI's own limit. */
const mostStops = 4

/** Members that say how the model samples: none of them on models that reason. */
export function renderSampling(context: RenderContext): JsonObject {
  const { temperature, topP, topK, seed, frequencyPenalty, presencePenalty, logprobs } = context.conversation
  const { sampling } = context.facts
  const member = createMemberRenderer(context)
  const refusal = 'is not taken by models that reason'
  // A default value says nothing, so it goes without a word.
  const told = (value: number | undefined) => (sampling || value !== 1 ? value : undefined)
  return {
    ...member('temperature', { temperature: told(temperature) }, sampling || refusal),
    ...member('topP', { top_p: told(topP) }, sampling || refusal),
    ...member('topK', { top_k: topK }, context.isOwn || 'has no counterpart in this API'),
    ...member('seed', { seed }),
    ...member('frequencyPenalty', { frequency_penalty: frequencyPenalty }, sampling || refusal),
    ...member('presencePenalty', { presence_penalty: presencePenalty }, sampling || refusal),
    ...member('logprobs', renderLogprobs(logprobs), sampling || refusal),
    ...renderStop(context),
  }
}

function renderLogprobs(logprobs: number | undefined): JsonObject {
  if (logprobs === undefined) return {}
  return { logprobs: true, ...(logprobs > 0 && { top_logprobs: logprobs }) }
}

function renderStop(context: RenderContext): JsonObject {
  const { conversation, facts, isOpenAi, warnings, field } = context
  const { stop = [] } = conversation
  if (stop.length === 0) return {}
  const isLong = isOpenAi && facts.stop && stop.length > mostStops
  if (isLong) warnings.dropped(field('stop'), `Stop sequences beyond the first ${mostStops} are left out.`)
  const kept = isLong ? stop.slice(0, mostStops) : stop
  return createMemberRenderer(context)('stop', { stop: kept }, facts.stop || 'is not taken by this model')
}
