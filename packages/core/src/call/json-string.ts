const quote = 0x22
const backslash = 0x5c

/** Strings are walked so far before they are searched: a search costs as much as walking some dozen. */
const walkedBytes = 12

/**
 * Finds the end of a JSON string.
 *
 * @param from Behind the opening quote, or anywhere in the string but behind a backslash that escapes.
 * @returns The offset behind the closing quote; -1 when it is not in these bytes.
 */
export function endOfString(bytes: Buffer, from: number): number {
  let at = from
  const near = Math.min(bytes.length, from + walkedBytes)
  while (at < near) {
    const byte = bytes[at]
    if (byte === quote) return at + 1
    at += byte === backslash ? 2 : 1
  }
  for (;;) {
    const end = bytes.indexOf(quote, at)
    if (end < 0) return -1
    if (!isEscaped(bytes, at, end)) return end + 1
    at = end + 1
  }
}

/**
 * True when what stands at `at` is escaped: an odd number of backslashes is before it.
 *
 * @param from Where the string begins, or where it was known that nothing is escaped.
 */
export function isEscaped(bytes: Buffer, from: number, at: number): boolean {
  let start = at
  while (start > from && bytes[start - 1] === backslash) start--
  return (at - start) % 2 === 1
}
