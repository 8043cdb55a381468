import { crc32 } from 'node:zlib'
import { checksumBase62, randomBase62 } from './base62.ts'

/** A token just made. */
export interface MadeToken {
  /** Public; finds the record. */
  readonly id: string
  /** `<prefix>_<id>_<secret><checksum>`, shown once. */
  readonly token: string
}

/** Tokens of one kind, told from others by what they begin with. */
export interface TokenFormat {
  /** For something new, or for what has the id already. */
  create(id?: string): MadeToken
  /**
   * Reads the id from a token whose shape and checksum are right, without any look-up: scanners tell a leaked
   * key from noise, and a typo is told from a key that is gone.
   */
  parse(text: string): { readonly id: string } | undefined
  /** How it is shown after its creation. */
  redact(id: string): string
}

/**
 * An id, 43 characters of secret (256 bits), and a CRC-32 over all that precedes it.
 *
 * @example
 * tokenFormat('tg').create().token // 'tg_<id>_<secret><checksum>'
 */
export function tokenFormat(prefix: string): TokenFormat {
  const shape = new RegExp(`^(${prefix}_([0-9A-Za-z]{12})_[0-9A-Za-z]{43})([0-9A-Za-z]{6})$`)
  return {
    create: (id = randomBase62(12)) => {
      const body = `${prefix}_${id}_${randomBase62(43)}`
      return { id, token: `${body}${checksumBase62(crc32(body))}` }
    },
    parse: (text) => {
      const [, body, id, checksum] = shape.exec(text) ?? []
      if (body === undefined || id === undefined || checksumBase62(crc32(body)) !== checksum) return undefined
      return { id }
    },
    redact: (id) => `${prefix}_${id}_…`,
  }
}
