/**
 * Splits text into the sandbox's tokens: a word with the space before it, or eight characters of a longer
 * word. Joined again they are the text.
 */
export function tokenize(text: string): readonly string[] {
  return text.match(/\s*\S{1,8}(?:\s+$)?|\s+$/gu) ?? []
}

/** How many tokens the sandbox charges for a text. */
export function countTokens(text: string): number {
  return tokenize(text).length
}

const refrain = tokenize('Pay the toll and the gate will open.\n')

/** Exactly `count` tokens of text. */
export function fixedTokens(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => refrain[index % refrain.length] ?? '')
}
