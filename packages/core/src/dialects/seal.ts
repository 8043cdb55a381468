import { isJsonObject } from './json.ts'

/** Whose seals these are: nobody else can read or check them. */
export type SealOrigin = 'anthropic' | 'openai' | 'google'

/**
 * What a provider attaches to its reasoning so that it recognises it when it comes back: a signature, an encrypted
 * payload. A client has to send it back unchanged, whatever dialect it speaks.
 */
export interface Seal {
  readonly origin: SealOrigin
  /** As the provider wrote it. */
  readonly value: string
  /** The provider's id of what is sealed, where it has one. */
  readonly id?: string
  /** The provider hid on purpose what is sealed. Told in dialects that have no other place to say so. */
  readonly redacted?: true
}

const prefixes: Readonly<Record<SealOrigin, string>> = {
  anthropic: 'tollgate-ant-v1:',
  openai: 'tollgate-oai-v1:',
  google: 'tollgate-goo-v1:',
}
const origins = Object.keys(prefixes) as SealOrigin[]

/**
 * A seal as one string of a dialect. The dialect's own seals are written as their provider wrote them; others are
 * packed behind a prefix that says whose they are, because a provider refuses a seal it has not made.
 *
 * @param home Whose seals this dialect carries bare.
 * @example
 * packSeal({ origin: 'openai', value: 'gAAA', id: 'rs_1' }, 'anthropic') // 'tollgate-oai-v1:eyJ2…'
 */
export function packSeal({ origin, value, id, redacted }: Seal, home: SealOrigin): string {
  if (origin === home && !isPacked(value)) return value
  const json = JSON.stringify({ value, ...(id === undefined ? {} : { id }), ...(redacted && { redacted }) })
  return prefixes[origin] + Buffer.from(json).toString('base64url')
}

/**
 * The seal in a string that a client sent back; undefined for a packed one that nobody of us has packed.
 *
 * @param home Whose seals this dialect carries bare.
 */
export function unpackSeal(text: string, home: SealOrigin): Seal | undefined {
  const origin = origins.find((name) => text.startsWith(prefixes[name]))
  if (origin === undefined) return isPacked(text) ? undefined : { origin: home, value: text }
  try {
    const packed: unknown = JSON.parse(
      Buffer.from(text.slice(prefixes[origin].length), 'base64url').toString(),
    )
    // With an id and nothing sealed, a provider would look for what it keeps under that id.
    if (!isJsonObject(packed) || typeof packed.value !== 'string' || packed.value === '') return undefined
    const { value, id, redacted } = packed
    return {
      origin,
      value,
      ...(typeof id === 'string' ? { id } : {}),
      ...(redacted === true && { redacted }),
    }
  } catch {
    return undefined
  }
}

/**
 * Stands where a dialect has a seal and the provider of this reasoning made none: no seal at all, but known again
 * when it comes back. Without it the next provider would be sent reasoning that it takes for its own.
 */
export const unsealed = 'tollgate-unsealed'

/** Also by a gateway of another version. */
function isPacked(text: string): boolean {
  return text.startsWith('tollgate-')
}
