import type { CacheMark } from '../conversation.ts'
import type { JsonObject } from '../json.ts'

/** How long the others keep a prompt, in OpenAI's nearest words. Undefined is its default. */
const ttls: ReadonlyMap<string, string | undefined> = new Map([
  ['5m', undefined],
  ['1h', '12h'],
])

/** Models from before refuse breakpoints. */
const since = /^(ft:)?(openai\/)?gpt-(5\.([6-9]|\d\d)|[6-9]|\d\d)/

/**
 * Whether a model of OpenAI's takes breakpoints.
 *
 * @example
 * takesBreakpoints('gpt-5.5') // false
 */
export function takesBreakpoints(model: string): boolean {
  return since.test(model)
}

/** A breakpoint as OpenAI's dialects write it, as a member to spread into a part. */
export function cacheBreakpoint({ ttl }: CacheMark): JsonObject {
  const known = ttl !== undefined && ttls.has(ttl) ? ttls.get(ttl) : ttl
  return { prompt_cache_breakpoint: { mode: 'explicit', ...(known === undefined ? {} : { ttl: known }) } }
}
