/** Whether a text is like a pattern, from its first character to its last. */
export type Glob = (text: string) => boolean

/** What patterns and names are told apart by. */
export function isPattern(text: string): boolean {
  return text.includes('*')
}

/**
 * A pattern in which `*` stands for any characters, none included. The pieces between are sought one behind the
 * other, so no pattern and no text takes longer than their lengths; a regular expression may.
 *
 * @example
 * compileGlob('gpt-4*')('gpt-4o') // true
 */
export function compileGlob(pattern: string): Glob {
  const [head = '', ...rest] = pattern.split('*')
  const tail = rest.pop()
  if (tail === undefined) return (text) => text === pattern
  const middle = rest.filter((piece) => piece !== '')
  const shortest = head.length + tail.length
  return (text) => {
    if (text.length < shortest || !text.startsWith(head) || !text.endsWith(tail)) return false
    const end = text.length - tail.length
    let at = head.length
    for (const piece of middle) {
      const found = text.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
      if (at > end) return false
    }
    return true
  }
}
