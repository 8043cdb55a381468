import type { BodyBytes } from '../bytes/body-bytes.ts'
import { countWord, type SearchableBytes } from '../bytes/search-bytes.ts'

/** Letters, of which no encoder has to escape one. */
const escapedLetters = ['\\u004', '\\u005', '\\u006', '\\u007']

/** Each is searched many times on the way of its call. */
const searched = new WeakMap<BodyBytes, SearchableBytes>()

/**
 * A request as searches for words must see it: escapes would hide an image or a tool from them, and so its cost from
 * the hold.
 */
export function searchedBody(body: BodyBytes): SearchableBytes {
  if (countWord(body, '\\u00', 1) === 0) return body
  const known = searched.get(body)
  if (known) return known
  const plain = escapedLetters.some((letter) => countWord(body, letter, 1) > 0) ? withoutEscapes(body) : body
  searched.set(body, plain)
  return plain
}

const backslash = 0x5c
const escapeBytes = 6

/** Written over a copy of itself byte by byte: a body may be nothing but escapes. */
function withoutEscapes({ pieces, length }: BodyBytes): SearchableBytes {
  const bytes = Buffer.concat(pieces, length)
  let end = 0
  for (let at = 0; at < length; ) {
    const code = bytes[at] === backslash ? asciiAt(bytes, at) : undefined
    bytes[end++] = code ?? (bytes[at] as number)
    at += code === undefined ? 1 : escapeBytes
  }
  return { pieces: [bytes.subarray(0, end)], length }
}

const [letterU, zero] = [0x75, 0x30]

/** The character that an escape at this backslash stands for; undefined where none begins, or not one of ASCII. */
function asciiAt(bytes: Buffer, at: number): number | undefined {
  if (bytes[at + 1] !== letterU || bytes[at + 2] !== zero || bytes[at + 3] !== zero) return undefined
  const [high, low] = [hexDigit(bytes[at + 4]), hexDigit(bytes[at + 5])]
  return high >= 2 && high <= 7 && low >= 0 ? 16 * high + low : undefined
}

/** -1 for what is none. */
function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
