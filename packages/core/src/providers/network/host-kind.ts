import { type AddressKind, addressKind } from './address-kind.ts'

/** Endings of names that are given within a network of one's own. */
const privateEndings = ['.local', '.internal', '.lan', '.home.arpa']

/**
 * Where a host of a URL seems to lead, before its name is looked up. A name without a dot is a neighbour's, as
 * containers have them.
 *
 * @param hostname As `new URL` gives it.
 * @example
 * hostKind('ollama.internal') // 'private'
 */
export function hostKind(hostname: string): AddressKind {
  const name = hostname.replace(/\.$/, '')
  if (name === 'localhost' || name.endsWith('.localhost')) return 'loopback'
  const kind = addressKind(name)
  if (kind) return kind
  return !name.includes('.') || privateEndings.some((ending) => name.endsWith(ending)) ? 'private' : 'public'
}
