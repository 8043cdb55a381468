import type { Conversation } from '../conversation.ts'
import type { RenderTarget } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { unsupportedMember } from '../members.ts'
import { mostOutput } from '../most-output.ts'
import { withoutAbsent } from '../without-absent.ts'
import type { RenderContext } from './render-context.ts'
import { renderThinking } from './render-thinking.ts'

export interface RenderedGeneration {
  readonly config: JsonObject
  readonly maxOutputTokens: number | undefined
  readonly thinks: boolean
}

/** `generationConfig`: how the answer is to be made. */
export function renderGeneration(
  conversation: Conversation,
  target: RenderTarget,
  context: RenderContext,
): RenderedGeneration {
  const maxOutputTokens = limitOutput(conversation, target, context)
  const { config: thinkingConfig, thinks } = renderThinking(conversation, maxOutputTokens, context)
  const config = withoutAbsent({
    ...renderSampling(conversation, context),
    ...renderPenalties(conversation, context),
    maxOutputTokens,
    stopSequences: conversation.stop?.length ? conversation.stop : undefined,
    seed: renderSeed(conversation, context),
    ...renderLogprobs(conversation),
    responseModalities: conversation.modalities?.map((modality) => modality.toUpperCase()),
    candidateCount: candidates(conversation, context),
    ...renderFormat(conversation),
    thinkingConfig,
  })
  return { config, maxOutputTokens, thinks }
}

/** The API needs none; what the balance affords is sent where it is less than the model would write. */
function limitOutput(
  { maxOutputTokens }: Conversation,
  target: RenderTarget,
  { facts, warnings, field }: RenderContext,
): number | undefined {
  const maximum = mostOutput(target) ?? facts.maxOutput ?? Number.POSITIVE_INFINITY
  if (maxOutputTokens === undefined) return target.affordable
  if (maxOutputTokens <= maximum) return maxOutputTokens
  warnings.changed(field('maxOutputTokens'), `This model writes at most ${maximum} tokens.`)
  return maximum
}

/** A default value says nothing, so it goes without a word. */
function renderSampling(conversation: Conversation, { facts, warnings, field }: RenderContext): JsonObject {
  const { temperature, topP, topK } = conversation
  if (facts.sampling) return { temperature, topP, topK }
  const told = { temperature: (temperature ?? 1) !== 1, topP: (topP ?? 1) !== 1, topK: topK !== undefined }
  for (const name of ['temperature', 'topP', 'topK'] as const)
    if (told[name]) warnings.dropped(field(name), `This model does not heed ${field(name)}.`)
  return {}
}

function renderPenalties(conversation: Conversation, { facts, warnings, field }: RenderContext): JsonObject {
  const { presencePenalty, frequencyPenalty } = conversation
  if (facts.penalties) return { presencePenalty, frequencyPenalty }
  for (const name of ['presencePenalty', 'frequencyPenalty'] as const)
    if (conversation[name]) warnings.dropped(field(name), `This model does not take ${field(name)}.`)
  return {}
}

/** Seeds here have 32 bits. */
function renderSeed({ seed }: Conversation, { warnings, field }: RenderContext): number | undefined {
  if (seed === undefined || Math.abs(seed) < 2 ** 31) return seed
  warnings.changed(field('seed'), 'Seeds of this model are below 2147483648.')
  return seed % 2 ** 31
}

function renderLogprobs({ logprobs }: Conversation): JsonObject {
  if (logprobs === undefined) return {}
  return { responseLogprobs: true, ...(logprobs > 0 ? { logprobs } : {}) }
}

/** Only its own clients read more than one answer. */
function candidates({ choices }: Conversation, { isOwn, field }: RenderContext): number | undefined {
  if (choices === undefined || choices === 1 || isOwn) return isOwn ? choices : undefined
  throw unsupportedMember(
    field('choices'),
    `This model gives one answer a call; \`${field('choices')}\` must be 1.`,
  )
}

function renderFormat({ responseFormat }: Conversation): JsonObject {
  if (responseFormat === undefined) return {}
  const json = { responseMimeType: 'application/json' }
  if (responseFormat.type === 'json-object') return json
  const { schema, description } = responseFormat
  const described = description === undefined || schema.description !== undefined ? {} : { description }
  return { ...json, responseJsonSchema: { ...described, ...schema } }
}
