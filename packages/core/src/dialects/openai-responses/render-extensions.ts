import { isJsonObject, type JsonObject } from '../json.ts'
import type { RenderContext } from './render-context.ts'

/** Members of Chat Completions that mean the same here. */
const shared = new Set(['prompt_cache_retention', 'prompt_cache_options', 'moderation'])

/**
 * The body with what the hub has no place for: the dialect's own members as they came, those inside of objects by
 * their paths (`reasoning.context`). Others are left out with a word about each.
 */
export function withExtensions(body: JsonObject, context: RenderContext): JsonObject {
  const { conversation, isOwn, warnings } = context
  const whole: Record<string, unknown> = { ...body }
  for (const [name, value] of conversation.extensions) {
    if (isOwn) extend(whole, name, value)
    else if (conversation.dialect === 'openai-chat' && shared.has(name)) whole[name] = value
    else if (value !== false && value !== 0)
      warnings.dropped(name, `${name} has no counterpart on this model.`)
  }
  return whole
}

function extend(body: Record<string, unknown>, name: string, value: unknown): void {
  const [outer = '', inner] = name.split('.', 2)
  const existing = body[outer]
  if (inner !== undefined) body[outer] = { ...(isJsonObject(existing) ? existing : {}), [inner]: value }
  else if (Array.isArray(existing) && Array.isArray(value)) body[outer] = [...value, ...existing]
  else body[outer] = value
}
