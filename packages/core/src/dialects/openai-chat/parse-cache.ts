import { memberOf, type Place, placeMember, stringMember } from '../members.ts'

/**
 * A cache breakpoint: `prompt_cache_breakpoint` is the dialect's own, `cache_control` what clients of
 * Anthropic models send in it.
 */
export function parseCache(place: Place): { readonly ttl?: string } | undefined {
  const cache = placeMember(place, 'cache_control') ?? placeMember(place, 'prompt_cache_breakpoint')
  if (cache === undefined || memberOf(cache, 'mode') === 'implicit') return undefined
  const ttl = stringMember(cache, 'ttl')
  return ttl === undefined ? {} : { ttl }
}
