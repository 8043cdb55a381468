import type { JsonObject } from '../json.ts'
import type { Place } from '../members.ts'

/** Members beside those that are understood, to spread into what is parsed; empty where there are none. */
export function parseExtras(
  { value }: Place,
  understood: ReadonlySet<string>,
): { readonly extras?: JsonObject } {
  const others = Object.entries(value).filter(([name, member]) => member !== null && !understood.has(name))
  return others.length === 0 ? {} : { extras: Object.fromEntries(others) }
}

const cacheMembers = ['cache_control', 'prompt_cache_breakpoint']

/** Names of members, with those that mark what may be cached. */
export function understoodMembers(...names: readonly string[]): ReadonlySet<string> {
  return new Set([...names, ...cacheMembers])
}
