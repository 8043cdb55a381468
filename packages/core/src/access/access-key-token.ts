import { createHash, timingSafeEqual } from 'node:crypto'
import { tokenFormat } from './token-format.ts'

/** Tokens of access keys: `tg_<id>_<secret><checksum>`. */
export const { create: createToken, parse: parseToken, redact: redactToken } = tokenFormat('tg')

/** What is stored of a token. Its 256 random bits need no slow hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** Compares two hashes in constant time. */
export function sameHash(presented: string, stored: string): boolean {
  const [left, right] = [Buffer.from(presented), Buffer.from(stored)]
  return left.length === right.length && timingSafeEqual(left, right)
}
