import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileGlob } from './glob.ts'

test.each([
  ['gpt-4*', 'gpt-4', true],
  ['gpt-4*', 'gpt-4o-mini', true],
  ['gpt-4*', 'a-gpt-4', false],
  ['*-mini', 'gpt-4o-mini', true],
  ['*-mini', 'gpt-4o-mini-2', false],
  ['a*b*a', 'aba', true],
  ['a*a', 'a', false],
  ['ab*ba', 'aba', false],
  ['*', '', true],
  ['gpt.4', 'gpt-4', false],
  ['a*.b', 'axb', false],
  ['plain', 'plain', true],
  ['plain', 'plainly', false],
])('"%s" and "%s": %s', (pattern, text, matches) => expect(compileGlob(pattern)(text)).toBe(matches))

/** Every way to read the first star. */
function isLike(pattern: string, text: string): boolean {
  const [first] = pattern
  if (first === undefined) return text === ''
  if (first !== '*') return text[0] === first && isLike(pattern.slice(1), text.slice(1))
  return isLike(pattern.slice(1), text) || (text !== '' && isLike(pattern, text.slice(1)))
}

test('any pattern matches what it says', () => {
  const letters = (alphabet: string, maxLength: number) =>
    fc.string({ unit: fc.constantFrom(...alphabet), maxLength })
  fc.assert(
    fc.property(letters('ab*', 8), letters('ab', 10), (pattern, text) => {
      expect(compileGlob(pattern)(text)).toBe(isLike(pattern, text))
    }),
    { numRuns: 2000 },
  )
})

test('no pattern makes a long name expensive', () => {
  const pattern = `${'a*'.repeat(60)}b`
  expect(compileGlob(pattern)('a'.repeat(10_000))).toBe(false)
})
