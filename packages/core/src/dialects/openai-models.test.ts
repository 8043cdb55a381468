import { expect, test } from 'vitest'
import { openAiModelFacts } from './openai-models.ts'

test.each([
  ['gpt-5', 'minimal low medium high'],
  ['gpt-5-mini-2025-08-07', 'minimal low medium high'],
  ['gpt-5-pro', 'high'],
  ['gpt-5-codex', 'low medium high'],
  ['gpt-5.1', 'none low medium high'],
  ['gpt-5.1-2025-11-13', 'none low medium high'],
  ['gpt-5.1-codex-mini', 'low medium high'],
  ['gpt-5.1-codex-max', 'low medium high xhigh'],
  ['gpt-5.2', 'none low medium high xhigh'],
  ['gpt-5.2-pro', 'medium high xhigh'],
  ['gpt-5.3-codex', 'low medium high xhigh'],
  ['openai/gpt-5.6-sol', 'none low medium high xhigh'],
  ['o4-mini', 'low medium high'],
  ['ft:o3-mini:org', 'low medium high'],
])('%s reasons with %s', (model, efforts) => {
  expect(openAiModelFacts(model)).toMatchObject({
    reasoning: true,
    sampling: false,
    efforts: efforts.split(' '),
  })
})

test.each(['gpt-4o', 'gpt-5-chat-latest', 'gpt-5.1-chat-latest', 'llama-3', 'gpt-oss-120b'])(
  '%s does not',
  (model) => {
    expect(openAiModelFacts(model)).toMatchObject({ reasoning: false, sampling: true, efforts: [] })
  },
)

test('the first reasoning models take no stop sequences', () => {
  expect(['o3', 'gpt-5', 'gpt-4o'].map((model) => openAiModelFacts(model).stop)).toEqual([false, true, true])
})
