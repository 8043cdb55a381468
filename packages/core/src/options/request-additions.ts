import { isCredentialName } from '../providers/base-url.ts'
import type { Problems } from './problems.ts'

type Texts = Readonly<Record<string, string>>

/** They could set a credential beside ours, break the framing of the request, or hide a loop. */
const reserved =
  /^(authorization|x-api-key|api-key|x-goog-api-key|cookie|host|content-length|content-type|content-encoding|transfer-encoding|connection|accept-encoding|upgrade|te|trailer|expect|keep-alive|tollgate-.*|proxy-.*)$/

/** @param option What they are of, for messages: `providers.local.headers`. */
export function readHeaders(option: string, headers: Texts = {}, problems: Problems): Texts {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  for (const [name, value] of entries) {
    if (reserved.test(name)) problems.add(`${option} may not set "${name}".`)
    else if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) || /[^\t\x20-\x7e]/.test(value))
      problems.add(`${option} has a name or value that no header can carry.`)
  }
  return Object.fromEntries(entries)
}

/**
 * A base URL's own query and what is added to it.
 *
 * @param option What it is of, for messages: `providers.local.query`.
 * @returns With its question mark, or empty.
 */
export function readQuery(
  option: string,
  { search, query = {} }: { readonly search: string; readonly query?: Texts | undefined },
  problems: Problems,
): string {
  const joined = new URLSearchParams(search)
  for (const [name, value] of Object.entries(query)) {
    if (isCredentialName(name)) {
      problems.add(`${option} may not set "${name}": credentials are sent in headers alone.`)
    }
    joined.set(name, value)
  }
  if (Object.keys(query).length === 0) return search
  return joined.size === 0 ? '' : `?${joined}`
}
