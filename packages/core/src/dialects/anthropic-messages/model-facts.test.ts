import { expect, test } from 'vitest'
import { factsOf } from './model-facts.ts'

test.each([
  ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
  ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
  ['claude-opus-4-0', 'claude-opus-4'],
  ['claude-opus-5-latest', 'claude-opus-5'],
  ['anthropic/claude-haiku-5-5', 'claude-haiku-5-5'],
  ['us.anthropic.claude-opus-4-1-20250805-v1:0', 'claude-opus-4-1'],
])('%s is of the family %s', (model, family) => {
  expect(factsOf(model)).toBe(factsOf(family))
})

test('a family is never matched by its beginning', () => {
  expect(factsOf('claude-sonnet-5-5').forcedTool).toBe(false)
  expect(factsOf('claude-sonnet-5').forcedTool).toBe(true)
  expect(factsOf('claude-opus-4').structuredOutputs).toBe(false)
  expect(factsOf('claude-opus-4-9')).toBe(factsOf('claude-nova-9'))
})

test('unknown models: a newer Claude, or another maker', () => {
  expect(factsOf('claude-nova-9')).toMatchObject({
    sampling: false,
    thinking: 'adaptive',
    systemInPlace: false,
  })
  expect(factsOf('kimi-k3')).toMatchObject({ sampling: true, structuredOutputs: false, maxOutput: undefined })
})
