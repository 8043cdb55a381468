import { describe, expect, it } from 'vitest'
import { suggest } from './suggestion.ts'

describe('suggest', () => {
  it.each([
    ['gpt-40', ['gpt-4', 'gpt-4o'], 'gpt-4o'],
    ['GPT-4o', ['gpt-4o'], 'gpt-4o'],
    ['tgp-4o', ['gpt-4o'], 'gpt-4o'],
    ['cluade-opus-5', ['claude-opus-5', 'claude-opus-4-5'], 'claude-opus-5'],
  ])('%s of %j: %s', (name, candidates, expected) => {
    expect(suggest(name, candidates)).toBe(expected)
  })

  it('keeps silent when nothing is near, and for names too long to compare', () => {
    expect(suggest('mistral', ['gpt-4o', 'claude-opus-5'])).toBeUndefined()
    expect(suggest('a'.repeat(65), [`${'a'.repeat(64)}b`])).toBeUndefined()
    expect(suggest('gpt-4o', [])).toBeUndefined()
  })
})
