import { describe, expect, test } from 'vitest'
import { createModelIndex } from '../model-index.ts'
import { doubtfulNeed, type Needs, unmetNeed } from './needs.ts'

const models = createModelIndex({
  providers: [
    { id: 'openai' },
    { id: 'google' },
    { id: 'acme', models: { plain: { contextWindow: 1000, maxOutputTokens: 100 } } },
  ],
})
const entry = (name: string) => models.resolve(name).entry
const nothing: Needs = {
  input: new Set(),
  features: new Set(),
  inputTokens: { least: 0, likely: 0 },
  outputTokens: undefined,
  contextWindow: undefined,
}

describe('unmetNeed', () => {
  test('is what a model is known not to take', () => {
    const picture: Needs = { ...nothing, input: new Set(['image']) }
    expect(unmetNeed(picture, entry('gpt-3.5-turbo'))).toBe('takes no images')
    expect(unmetNeed(picture, entry('gpt-4o'))).toBeUndefined()
    const sound: Needs = { ...nothing, input: new Set(['audio']) }
    expect(unmetNeed(sound, entry('gpt-4o'))).toBe('takes no audio')
    expect(unmetNeed(sound, entry('gemini-2.5-pro'))).toBeUndefined()
  })

  test('is nothing where nobody knows', () => {
    const all: Needs = {
      ...nothing,
      input: new Set(['image', 'pdf', 'audio', 'video']),
      features: new Set(['tools', 'schema', 'reasoning']),
    }
    expect(unmetNeed(all, undefined)).toBeUndefined()
    expect(unmetNeed(all, entry('acme:plain'))).toBeUndefined()
    // Its catalogue tells pictures from text, and nothing else.
    const film: Needs = { ...nothing, input: new Set(['video']) }
    expect(entry('gemini-3-flash-preview')?.input).toEqual(['text', 'image'])
    expect(unmetNeed(film, entry('gemini-3-flash-preview'))).toBeUndefined()
  })

  test('is what an operator says of a model, to the word', () => {
    const whole = { ...(entry('acme:plain') as NonNullable<ReturnType<typeof entry>>), inputIsWhole: true }
    const told = { ...whole, input: ['text', 'image'] as const, features: { tools: true, schema: false } }
    expect(unmetNeed({ ...nothing, input: new Set(['video']) }, told)).toBe('takes no video')
    expect(unmetNeed({ ...nothing, features: new Set(['tools']) }, told)).toBeUndefined()
    expect(unmetNeed({ ...nothing, features: new Set(['schema']) }, told)).toBe(
      'does not answer by a JSON schema',
    )
  })

  test('is a size beyond its limits: the input that is sure, the output that was asked for', () => {
    const of = (needs: Partial<Needs>) => unmetNeed({ ...nothing, ...needs }, entry('acme:plain'))
    expect(of({ inputTokens: { least: 1000, likely: 5000 } })).toBeUndefined()
    expect(of({ inputTokens: { least: 1001, likely: 5000 } })).toBe('takes 1000 tokens of input at most')
    expect(of({ outputTokens: 100 })).toBeUndefined()
    expect(of({ outputTokens: 101 })).toBe('writes 100 tokens at most')
    expect(of({ contextWindow: 1000 })).toBeUndefined()
    expect(of({ contextWindow: 1001 })).toBe('has a context window of 1000 tokens')
    expect(
      unmetNeed({ ...nothing, contextWindow: 1 }, { ...entry('gpt-4o'), contextWindow: undefined } as never),
    ).toBeUndefined()
  })
})

describe('doubtfulNeed', () => {
  test('takes no chances with what is sent, nor with what it is likely to come to', () => {
    const plain = entry('acme:plain') as NonNullable<ReturnType<typeof entry>>
    expect(doubtfulNeed({ ...nothing, input: new Set(['image']) }, plain)).toBe('takes no images')
    expect(doubtfulNeed({ ...nothing, inputTokens: { least: 10, likely: 1001 } }, plain)).toMatch(
      /1000 tokens/,
    )
    expect(doubtfulNeed({ ...nothing, features: new Set(['tools']) }, plain)).toBeUndefined()
  })
})
