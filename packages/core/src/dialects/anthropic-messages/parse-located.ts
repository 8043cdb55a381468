import type { CacheMark } from '../conversation.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { type Place, placeMember, stringMember } from '../members.ts'

/** What every part and tool keeps of its block besides its meaning. */
export interface Kept {
  readonly path: string
  readonly cache?: CacheMark
  readonly extras?: JsonObject
}

/**
 * A block's place, its breakpoint, and what the hub has no name for.
 *
 * @param named The members that the hub names; all others travel as extras. None where the whole block does.
 */
export function keepOf(block: Place, named: ReadonlySet<string>): Kept {
  const cache = parseCache(block)
  const rest = Object.entries(block.value).filter(
    ([name, value]) => value !== null && !named.has(name) && !isMark(name, value),
  )
  return {
    path: block.path,
    ...(cache === undefined ? {} : { cache }),
    ...(rest.length === 0 ? {} : { extras: Object.fromEntries(rest) }),
  }
}

/** A breakpoint that is nothing but one; what else the API may let it say travels as it is. */
function isMark(name: string, value: unknown): boolean {
  if (name !== 'cache_control' || !isJsonObject(value)) return name === 'cache_control'
  return Object.keys(value).every((member) => member === 'type' || member === 'ttl')
}

/** The block as it came, but for its breakpoint, which is the hub's. */
export function wholeOf({ value }: Place): JsonObject {
  const { cache_control, ...whole } = value
  return whole
}

export function parseCache(block: Place): CacheMark | undefined {
  const cache = placeMember(block, 'cache_control')
  if (cache === undefined) return undefined
  const ttl = stringMember(cache, 'ttl')
  return ttl === undefined ? {} : { ttl }
}
