import type { Conversation } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { unsupportedMember } from '../members.ts'
import { mostOutput } from '../most-output.ts'
import { sha256 } from '../sha256.ts'
import type { RenderContext } from './render-context.ts'

/** The least that the API takes. */
const leastOutput = 16
const longestUser = 128

/** @throws GatewayError `unsupported_parameter` for what no answer of this API can be. */
export function refuseImpossible({ conversation, field }: RenderContext): void {
  const { choices = 1, modalities = [], extensions } = conversation
  if (choices > 1) {
    throw unsupportedMember(field('choices'), 'This model gives one answer a call; it must be 1.')
  }
  const other = modalities.find((modality) => modality !== 'text')
  if (other === undefined && !extensions.has('audio')) return
  const param = other === undefined ? 'audio' : field('modalities')
  throw unsupportedMember(param, `Answers that are ${other ?? 'audio'} are not available on this model.`)
}

/** The limit on output: the client's, and what the model or the balance allows. */
export function limitOutput({ conversation, target, warnings, field }: RenderContext): number | undefined {
  const { maxOutputTokens: asked } = conversation
  const most = mostOutput(target)
  if (asked === undefined) return target.affordable
  if (most !== undefined && asked > most) {
    warnings.changed(field('maxOutputTokens'), `This model writes at most ${most} tokens.`)
    return most
  }
  if (asked >= leastOutput) return asked
  warnings.changed(field('maxOutputTokens'), `The least limit of this API is ${leastOutput} tokens.`)
  return leastOutput
}

/** Temperature and its relatives, where the model takes them. Default values say nothing and go without a word. */
export function renderSampling(context: RenderContext): JsonObject {
  const { temperature, topP, logprobs } = context.conversation
  dropUnknown(context)
  if (context.facts.sampling || context.isOwn) {
    return {
      ...(temperature === undefined ? {} : { temperature }),
      ...(topP === undefined ? {} : { top_p: topP }),
      ...(logprobs === undefined ? {} : { top_logprobs: logprobs }),
    }
  }
  const defaults = [
    ['temperature', temperature, 1],
    ['topP', topP, 1],
    ['logprobs', logprobs, undefined],
  ] as const
  for (const [name, value, usual] of defaults) {
    const member = context.field(name)
    if (value !== undefined && value !== usual)
      context.warnings.dropped(member, `${member} is not taken by this model.`)
  }
  return {}
}

/** What the API has no member for. */
function dropUnknown({ conversation, warnings, field }: RenderContext): void {
  const fields = ['topK', 'seed', 'frequencyPenalty', 'presencePenalty'] as const
  for (const name of fields) {
    const isUnset = conversation[name] === undefined || (conversation[name] === 0 && name !== 'seed')
    if (!isUnset) warnings.dropped(field(name), `${field(name)} has no counterpart on this model.`)
  }
  if ((conversation.stop ?? []).length > 0)
    warnings.dropped(field('stop'), 'Stop sequences are not taken by this model.')
}

/** Who asks, for what purpose and at which price: nothing that changes an answer. */
export function renderPurpose(context: RenderContext): JsonObject {
  const { user, metadata, cacheKey } = context.conversation
  const tier = tierOf(context)
  return {
    ...(user === undefined ? {} : userOf(user, context)),
    ...(metadata === undefined ? {} : { metadata }),
    ...(cacheKey === undefined ? {} : { prompt_cache_key: cacheKey }),
    ...(tier === undefined ? {} : { service_tier: tier }),
  }
}

/** Other servers know the older name alone. Names that are too long stay one user's own. */
function userOf(user: string, { isOpenAi }: RenderContext): JsonObject {
  const name = user.length > longestUser ? sha256(user) : user
  return isOpenAi ? { safety_identifier: name } : { user: name }
}

const tiers: ReadonlyMap<string, string> = new Map([
  ...['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast'].map(
    (tier) => [tier, tier] as const,
  ),
  ['standard', 'default'],
  ['standard_only', 'default'],
])

function tierOf({ conversation, isOwn, warnings, field }: RenderContext): string | undefined {
  const { serviceTier } = conversation
  if (serviceTier === undefined || isOwn) return serviceTier
  const tier = tiers.get(serviceTier)
  if (tier === undefined)
    warnings.dropped(field('serviceTier'), `The service tier "${serviceTier}" is not offered on this model.`)
  return tier
}

/** A translated answer is kept by nobody: its client could not ask for it. */
export function storeOf({ conversation, isOwn, warnings, field }: RenderContext): boolean | undefined {
  const { store }: Conversation = conversation
  if (isOwn) return store
  if (store) warnings.dropped(field('store'), 'Answers of this model are not stored.')
  return false
}
