import { type BodyBytes, textOf } from '../bytes/body-bytes.ts'
import { countWord, type SearchableBytes } from '../bytes/search-bytes.ts'

/** ASCII as JSON may escape it; no encoder does so with letters. */
const escapedAscii = /\\u00([2-7][0-9a-f])/gi
const escapedLetter = /\\u00[4-7]/

/**
 * A request as searches for words must see it: escapes would hide an image or a tool from them, and so its cost from
 * the hold.
 */
export function searchedBody(body: BodyBytes): SearchableBytes {
  if (countWord(body, '\\u00', 1) === 0) return body
  const text = textOf(body)
  if (!escapedLetter.test(text)) return body
  const plain = text.replace(escapedAscii, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
  return { pieces: [Buffer.from(plain)], length: body.length }
}
