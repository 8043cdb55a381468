/** Bytes of UTF-8 in a name. Two of them fit in one entry of an index, in every store. */
export const longestName = 1024

/** How long a text may be whose characters all take the most bytes. */
const surelyShort = Math.floor(longestName / 3)

/** What is said of a name that is none. */
export const nameRule = `must be text of 1 to ${longestName} bytes without zero characters or broken surrogate pairs`

/**
 * Whether every store keeps this name as it is: Postgres has no zero character, UTF-8 makes one text of all broken
 * surrogates, indexes carry only so much, and what is empty is nothing to some.
 *
 * @example
 * isStoredName('acme') // true
 */
export function isStoredName(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > longestName) return false
  if (!value.isWellFormed() || value.includes('\0')) return false
  return value.length <= surelyShort || Buffer.byteLength(value) <= longestName
}
