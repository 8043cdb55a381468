import fc from 'fast-check'
import type { Conversation } from '../../../packages/core/src/dialects/conversation.ts'
import { withoutAbsent } from '../../../packages/core/src/dialects/without-absent.ts'
import { among } from './draw.ts'
import type { Vocabulary } from './vocabulary.ts'

const values: Readonly<Record<string, readonly unknown[]>> = {
  temperature: [0, 0.5, 1],
  topP: [0.25, 1],
  topK: [40],
  seed: [7, -1],
  frequencyPenalty: [0.5],
  presencePenalty: [-0.5],
  logprobs: [0, 3],
  stop: [['END'], ['a', '\n\nHuman:', 'é']],
  verbosity: ['low', 'high'],
  modalities: [['text']],
  choices: [2],
  user: ['user-1', 'u'.repeat(60)],
  cacheKey: ['key'],
  metadata: [{ team: 'search', ticket: '12' }],
  store: [true, false],
  parallelToolCalls: [false],
  maxOutputTokens: [24_000, 30_000],
}

export function drawSettings(words: Vocabulary): fc.Arbitrary<Partial<Conversation>> {
  const drawn = words.settings.map(
    (name) =>
      [
        name,
        fc.option(among(values[name] ?? []), { nil: undefined, freq: name === 'choices' ? 20 : 2 }),
      ] as const,
  )
  return fc
    .record({
      ...Object.fromEntries(drawn),
      reasoning: fc.option(among(words.reasoning), { nil: undefined }),
      serviceTier: fc.option(among(words.tiers), { nil: undefined }),
    })
    .map((settings) => withoutAbsent(settings) as Partial<Conversation>)
}
