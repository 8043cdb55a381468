import type { Conversation } from '../conversation.ts'
import { fieldName } from '../field-names.ts'
import type { JsonObject } from '../json.ts'
import type { Warnings } from '../warnings.ts'
import type { ModelFacts } from './model-facts.ts'

export type Field = Parameters<typeof fieldName>[1]

/** What the parts of one rendering share. */
export interface RenderContext {
  readonly facts: ModelFacts
  readonly warnings: Warnings
  /** The conversation was written in this dialect, so that it is given back as it came. */
  readonly isOwn: boolean
  /** The client's own name of a member. */
  field(name: Field): string
  /** The breakpoint as a member to spread into a block; empty when there is none or no more are allowed. */
  cacheControl(item: { readonly cache?: { readonly ttl?: string }; readonly path: string }): JsonObject
  /** Some breakpoint has been written. */
  isMarked(): boolean
}

/** The API's limit in one request. */
const maximumBreakpoints = 4

/** The times to live of the OpenAI dialects, in the nearest words of this one. Undefined is its default. */
const ttls: ReadonlyMap<string, string | undefined> = new Map([
  ['30m', undefined],
  ['12h', '1h'],
])

export function createRenderContext(
  { dialect }: Conversation,
  facts: ModelFacts,
  warnings: Warnings,
): RenderContext {
  let left = maximumBreakpoints
  return {
    facts,
    warnings,
    isOwn: dialect === 'anthropic-messages',
    field: (name) => fieldName(dialect, name),
    isMarked: () => left < maximumBreakpoints,
    cacheControl({ cache, path }) {
      if (cache === undefined) return {}
      if (left === 0) {
        warnings.dropped(path, `Cache breakpoints beyond the first ${maximumBreakpoints} are left out.`)
        return {}
      }
      left -= 1
      const ttl = cache.ttl !== undefined && ttls.has(cache.ttl) ? ttls.get(cache.ttl) : cache.ttl
      return { cache_control: { type: 'ephemeral', ...(ttl === undefined ? {} : { ttl }) } }
    },
  }
}
