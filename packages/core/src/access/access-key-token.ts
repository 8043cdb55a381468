import { createHash, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { checksumBase62, randomBase62 } from './base62.ts'

export interface AccessKeyToken {
  /** Public; finds the record. */
  readonly id: string
  /** `tg_<id>_<secret><checksum>`, shown once. */
  readonly token: string
}

/** An id, 43 characters of secret (256 bits), and a CRC-32 over all that precedes it. */
const shape = /^(tg_([0-9A-Za-z]{12})_[0-9A-Za-z]{43})([0-9A-Za-z]{6})$/

/**
 * Makes a token, for a new key or for the key `id`.
 *
 * @example
 * const { id, token } = createToken()
 */
export function createToken(id: string = randomBase62(12)): AccessKeyToken {
  const body = `tg_${id}_${randomBase62(43)}`
  return { id, token: `${body}${checksumBase62(crc32(body))}` }
}

/**
 * Reads the id from a token whose shape and checksum are right, without any look-up: scanners tell a leaked
 * key from noise, and a typo is told from a key that is gone.
 */
export function parseToken(text: string): { readonly id: string } | undefined {
  const [, body, id, checksum] = shape.exec(text) ?? []
  if (body === undefined || id === undefined || checksumBase62(crc32(body)) !== checksum) return undefined
  return { id }
}

/** What is stored of a token. Its 256 random bits need no slow hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** Compares two hashes in constant time. */
export function sameHash(presented: string, stored: string): boolean {
  const [left, right] = [Buffer.from(presented), Buffer.from(stored)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** How a key is shown after its creation. */
export function redactToken(id: string): string {
  return `tg_${id}_…`
}
