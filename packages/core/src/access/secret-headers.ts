/** Headers that an operator adds to requests may be credentials as well. */
const secretName = /auth|key|token|secret|cookie/i
/** Shorter ones are words, which would be taken out of every text. */
const shortest = 8

/**
 * Values of headers that are secrets, by the names of the headers.
 *
 * @example
 * secretValues({ 'x-extra-key': 'abcdefgh', accept: '*' }) // ['abcdefgh']
 */
export function secretValues(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    secretName.test(name) && value.length >= shortest ? [value] : [],
  )
}
