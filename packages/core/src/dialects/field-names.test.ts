import { expect, test } from 'vitest'
import { fieldName } from './field-names.ts'

test.each([
  ['openai-chat', 'maxOutputTokens', 'max_tokens'],
  ['openai-chat', 'reasoning', 'reasoning_effort'],
  ['openai-responses', 'verbosity', 'text.verbosity'],
  ['openai-responses', 'maxOutputTokens', 'max_output_tokens'],
  ['anthropic-messages', 'stop', 'stop_sequences'],
  ['anthropic-messages', 'topP', 'top_p'],
] as const)('in %s %s is %s', (dialect, field, name) => {
  expect(fieldName(dialect, field)).toBe(name)
})
