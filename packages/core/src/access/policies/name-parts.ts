/**
 * A name as it is stored: what stands before its first colon is the provider, or a pattern of providers; without a
 * colon it is of every provider.
 */
export function nameParts(name: string): readonly [provider: string | undefined, model: string] {
  const colon = name.indexOf(':')
  return colon < 0 ? [undefined, name] : [name.slice(0, colon), name.slice(colon + 1)]
}
