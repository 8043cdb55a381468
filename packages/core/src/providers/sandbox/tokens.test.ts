import { expect, it } from 'vitest'
import { countTokens, fixedTokens, tokenize } from './tokens.ts'

it.each([
  ['', []],
  ['hello', ['hello']],
  ['two words', ['two', ' words']],
  ['internationally', ['internat', 'ionally']],
  [' a  b\n', [' a', '  b\n']],
  ['  ', ['  ']],
  ['🎉🎉🎉🎉🎉🎉🎉🎉🎉', ['🎉🎉🎉🎉🎉🎉🎉🎉', '🎉']],
])('splits %j', (text, tokens) => {
  expect(tokenize(text)).toEqual(tokens)
})

it('loses nothing of a text', () => {
  const text = '\n ¿Qué? 日本語の長い文章です \t tail  '
  expect(tokenize(text).join('')).toBe(text)
})

it.each([0, 1, 7, 100, 1000])('writes exactly %i tokens, also when they are counted again', (count) => {
  const tokens = fixedTokens(count)
  expect(tokens).toHaveLength(count)
  expect(countTokens(tokens.join(''))).toBe(count)
})
