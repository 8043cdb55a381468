import type { Conversation } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import type { Field, RenderContext } from './render-context.ts'

/**
 * Temperature and its relatives, where the model takes them.
 *
 * @param thinking The request switches thinking on, which excludes them.
 */
export function renderSampling(
  conversation: Conversation,
  context: RenderContext,
  thinking: boolean,
): JsonObject {
  if (!context.facts.sampling) return withoutSampling(conversation, context, 'is not taken by this model')
  if (thinking) return withoutSampling(conversation, context, 'is not taken together with thinking')
  const { temperature, topP, topK } = conversation
  return {
    ...(temperature === undefined ? renderTopP(topP) : renderTemperature(temperature, topP, context)),
    ...(topK === undefined ? {} : { top_k: topK }),
  }
}

/** Models with both refuse both at once. */
function renderTemperature(
  temperature: number,
  topP: number | undefined,
  { warnings, field }: RenderContext,
): JsonObject {
  if (temperature > 1) warnings.changed(field('temperature'), 'This model takes a temperature of at most 1.')
  if ((topP ?? 1) !== 1)
    warnings.dropped(field('topP'), `${field('topP')} is not taken together with temperature.`)
  return { temperature: Math.min(temperature, 1) }
}

function renderTopP(topP: number | undefined): JsonObject {
  return topP === undefined ? {} : { top_p: topP }
}

/** The default value says nothing, so it goes without a word. */
function withoutSampling(
  { temperature = 1, topP = 1, topK }: Conversation,
  context: RenderContext,
  reason: string,
): JsonObject {
  if (temperature !== 1) drop('temperature', context, reason)
  if (topP !== 1) drop('topP', context, reason)
  if (topK !== undefined) drop('topK', context, reason)
  return {}
}

function drop(name: Field, { warnings, field }: RenderContext, reason: string): void {
  warnings.dropped(field(name), `${field(name)} ${reason}.`)
}
