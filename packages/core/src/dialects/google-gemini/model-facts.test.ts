import { expect, test } from 'vitest'
import { geminiModelFacts } from './model-facts.ts'

const levels = (model: string) => {
  const { thinking } = geminiModelFacts(model)
  return thinking.by === 'level' ? thinking.levels.length : thinking.by
}

test.each([
  ['gemini-2.0-flash', 'none', false, true],
  ['gemini-2.5-flash-image', 'none', false, true],
  ['gemini-2.5-pro-preview-06-05', 'budget', false, true],
  ['gemini-2.5-flash-lite', 'budget', false, true],
  ['gemini-3-pro-preview', 2, true, true],
  ['gemini-3-pro-image-preview', 'none', true, true],
  ['gemini-3.1-pro-preview-customtools', 3, true, true],
  ['gemini-3.1-flash-lite', 4, true, true],
  ['gemini-3.5-flash', 4, true, true],
  ['gemini-3.5-flash-lite', 4, true, false],
  ['gemini-3.6-flash', 4, true, false],
  ['gemini-3.8-flash', 3, true, false],
  ['gemini-4-argon', 3, true, false],
  ['gemini-flash-latest', 3, true, false],
  ['publishers/google/models/gemini-4-argon', 3, true, false],
  ['gemma-3-27b-it', 'none', false, true],
])('%s', (model, ...[thinking, signedCalls, sampling]) => {
  expect(levels(model)).toBe(thinking)
  expect(geminiModelFacts(model)).toMatchObject({ signedCalls, sampling })
})

test('budgets have their bounds', () => {
  expect(geminiModelFacts('gemini-2.5-pro').thinking).toMatchObject({ minimum: 128, canBeOff: false })
  expect(geminiModelFacts('gemini-2.5-flash').thinking).toMatchObject({ maximum: 24_576, canBeOff: true })
  expect(geminiModelFacts('gemini-2.5-flash-lite').thinking).toMatchObject({ onByDefault: false })
})
