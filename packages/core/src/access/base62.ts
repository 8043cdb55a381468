import { randomInt } from 'node:crypto'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Unguessable characters, 5.95 bits each. */
export function randomBase62(length: number): string {
  return Array.from({ length }, () => digits[randomInt(digits.length)]).join('')
}

/** A 32-bit number in six digits, the most significant first. */
export function checksumBase62(value: number): string {
  let text = ''
  for (let rest = value; text.length < 6; rest = Math.floor(rest / digits.length)) {
    text = `${digits[rest % digits.length]}${text}`
  }
  return text
}
