import type { JsonObject } from '../json.ts'
import { sha256 } from '../sha256.ts'
import type { RenderContext } from './render-context.ts'
import { createMemberRenderer } from './render-member.ts'

/** Longest name of a user that every version of the API has taken. */
const longestUser = 64

/** Members that only OpenAI's own API is sure to know, and hints that nobody misses. */
export function renderAccount(context: RenderContext): JsonObject {
  const { verbosity, cacheKey, store } = context.conversation
  const { isOpenAi, isOwn } = context
  const member = createMemberRenderer(context)
  const isKnown = isOpenAi || isOwn
  return {
    ...member('verbosity', { verbosity }, isKnown || 'has no counterpart on this model'),
    ...(cacheKey !== undefined && isKnown && { prompt_cache_key: cacheKey }),
    ...(store === false && !isKnown
      ? {}
      : member('store', { store }, isKnown || 'is not offered by this provider')),
    ...renderMetadata(context),
    ...renderUser(context),
    ...renderServiceTier(context),
  }
}

/** OpenAI keeps labels with answers that it keeps. */
function renderMetadata(context: RenderContext): JsonObject {
  const { metadata, store } = context.conversation
  const isKept = context.isOwn || (context.isOpenAi && store === true)
  const member = createMemberRenderer(context)
  return member('metadata', { metadata }, isKept || 'is for answers that are kept')
}

function renderUser({ conversation: { user }, isOpenAi }: RenderContext): JsonObject {
  if (user === undefined) return {}
  const name = user.length > longestUser ? sha256(user) : user
  return isOpenAi ? { safety_identifier: name } : { user: name }
}

const serviceTiers: ReadonlyMap<string, string> = new Map([
  ['standard_only', 'default'],
  ['standard', 'default'],
])

function renderServiceTier(context: RenderContext): JsonObject {
  const { dialect, serviceTier: given } = context.conversation
  if (given === undefined) return {}
  const tier = serviceTiers.get(given) ?? given
  const isUsual = dialect === 'anthropic-messages' || tier === 'auto' || tier === 'default'
  if (isUsual && !context.isOpenAi && !context.isOwn) return {}
  return { service_tier: tier }
}
