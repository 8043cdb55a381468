import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countWord } from './search-bytes.ts'

/** The text in pieces of these lengths, and the rest in a last one. */
function cut(text: string, lengths: readonly number[]) {
  const bytes = Buffer.from(text)
  const pieces: Buffer[] = []
  let at = 0
  for (const length of [...lengths, bytes.length]) {
    pieces.push(bytes.subarray(at, at + length))
    at = Math.min(bytes.length, at + length)
  }
  return { pieces, length: bytes.length }
}

test('a word counts wherever it is cut, and twice nowhere', () => {
  const texts = fc.array(fc.constantFrom('url"', 'ur', 'l"', '"', 'x', 'é'), { maxLength: 30 })
  fc.assert(
    fc.property(texts, fc.array(fc.nat(5), { maxLength: 20 }), (words, lengths) => {
      const text = words.join('')
      expect(countWord(cut(text, lengths), 'url"', 100)).toBe(text.split('url"').length - 1)
    }),
  )
})

test('counting ends at the limit', () => {
  expect(countWord(cut('url"'.repeat(50), [7, 7, 7]), 'url"', 20)).toBe(20)
  expect(countWord(cut('url"'.repeat(50), []), 'url"', 20)).toBe(20)
})
