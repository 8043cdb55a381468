import { expect, test } from 'vitest'
import { createEmbeddingsUsageReader } from './usage.ts'

test.each([
  [{ prompt_tokens: 8, total_tokens: 9 }, { text_in: 8 }],
  [{ total_tokens: 9 }, { text_in: 9 }],
  [{ prompt_tokens: 0 }, {}],
  [{}, undefined],
  [null, undefined],
])('embeddings: %j', (usage, buckets) => {
  const reader = createEmbeddingsUsageReader({})
  reader.read({ object: 'list', model: 'text-embedding-3-small', usage })
  expect(reader.result()?.buckets).toEqual(buckets)
})
