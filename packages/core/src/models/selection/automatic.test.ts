import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Modality, ModelFeature } from '../model.ts'
import { createModelIndex, type ModelIndex } from '../model-index.ts'
import { type AutomaticQuestion, createAutomatic } from './automatic.ts'
import { estimateDollars } from './estimate-dollars.ts'
import { doubtfulNeed, type Needs } from './needs.ts'
import { idOf } from './plan-names.ts'

const at = Date.parse('2026-11-24T12:00:00Z')
const nothing: Needs = {
  input: new Set(),
  features: new Set(),
  inputTokens: { least: 0, likely: 100 },
  outputTokens: undefined,
  contextWindow: undefined,
}
const providers = ['openai', 'anthropic', 'google']
const catalogue = createModelIndex({ providers: providers.map((id) => ({ id })) })

function choose(models: ModelIndex, question: Partial<AutomaticQuestion> = {}): string[] {
  return createAutomatic(models)
    .choose({ needs: nothing, at, providers, ...question })
    .map(idOf)
}

describe('tollgate/auto', () => {
  test('chooses the cheapest that can serve the call: as a look at each would', () => {
    const automatic = createAutomatic(catalogue)
    const needs = fc.record({
      input: fc.subarray<Modality>(['image', 'pdf', 'audio']).map((all) => new Set(all)),
      features: fc.subarray<ModelFeature>(['tools', 'schema']).map((all) => new Set(all)),
      inputTokens: fc.nat(2_000_000).map((likely) => ({ least: 0, likely })),
      outputTokens: fc.option(fc.nat(200_000), { nil: undefined }),
      contextWindow: fc.option(fc.integer({ min: 1, max: 2_000_000 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(needs, fc.subarray(providers), (wanted, usable) => {
        const found = automatic.choose({ needs: wanted, at, providers: usable })
        const dollars = found.map(({ entry }) =>
          estimateDollars(entry, { at, inputTokens: 3000, outputTokens: 1000 }),
        )
        expect(dollars).toEqual(dollars.toSorted((left, right) => (left ?? 0) - (right ?? 0)))
        const fitting = catalogue
          .list()
          .filter(
            ({ kinds, output }) =>
              kinds.some((kind) => /chat|responses|messages/.test(kind)) && output.join() === 'text',
          )
          .filter((entry) => usable.includes(entry.provider) && doubtfulNeed(wanted, entry) === undefined)
        for (const { entry } of found) expect(fitting).toContain(entry)
        const cheapest = Math.min(
          ...fitting.map(
            (entry) => estimateDollars(entry, { at, inputTokens: 3000, outputTokens: 1000 }) ?? Infinity,
          ),
        )
        expect(dollars[0] ?? Infinity).toBe(cheapest)
      }),
    )
  })

  test('has at most ten, of different models: a snapshot of the same is none', () => {
    const chosen = choose(catalogue)
    expect(chosen).toHaveLength(10)
    expect(new Set(chosen.map((id) => id.replace(/-\d{4}-\d{2}-\d{2}$/, ''))).size).toBe(10)
  })

  test('keeps to what is allowed and usable', () => {
    const scope = {
      allows: (provider: string, model: string) => provider === 'openai' && model.startsWith('gpt-4o'),
    }
    expect(choose(catalogue, { scope })[0]).toBe('openai:gpt-4o-mini')
    expect(choose(catalogue, { scope, isUsable: ({ upstreamId }) => upstreamId !== 'gpt-4o-mini' })[0]).toBe(
      'openai:gpt-4o',
    )
    expect(choose(catalogue, { scope: { allows: () => false } })).toEqual([])
    expect(choose(catalogue, { providers: [] })).toEqual([])
  })

  test('looks at a hundred models of a call, and at all of them once for a policy that allows few', () => {
    const price = (at: number) => ({ price: { input: `${at + 1}`, output: '1' } })
    const names = Array.from({ length: 500 }, (_, at) => [`m${at}`, price(at)] as const)
    const table = createModelIndex({ providers: [{ id: 'acme', models: Object.fromEntries(names) }] })
    const automatic = createAutomatic(table)
    let asked = 0
    const scopeOf = (allowed: (model: string) => boolean) => ({
      allows: (_: string, model: string) => {
        asked += 1
        return allowed(model)
      },
    })
    const choose = (scope: AutomaticQuestion['scope']) => {
      asked = 0
      return automatic.choose({ needs: nothing, at, providers: ['acme'], scope }).map(idOf)
    }
    expect(choose(scopeOf(() => true))).toHaveLength(10)
    expect(asked).toBe(10)
    expect(choose(scopeOf((model) => model === 'm99'))).toEqual(['acme:m99'])
    expect(asked).toBe(100)
    const last = scopeOf((model) => model === 'm499')
    expect(choose(last)).toEqual(['acme:m499'])
    expect(asked).toBe(601)
    expect(choose(last)).toEqual(['acme:m499'])
    expect(asked).toBe(101)
  })

  test('sorts anew when the models are others, and when the hour is', () => {
    const price = (dollars: string) => ({ price: { input: dollars, output: dollars } })
    const tables = ['1', '3'].map((dollars) =>
      createModelIndex({ providers: [{ id: 'acme', models: { a: price(dollars), b: price('2') } }] }),
    ) as [ModelIndex, ModelIndex]
    let [current] = tables
    const automatic = createAutomatic({
      list: () => current.list(),
      lookUp: (name) => current.lookUp(name),
    })
    const now = (moment: number) =>
      automatic.choose({ needs: nothing, at: moment, providers: ['acme'] }).map(idOf)
    expect(now(at)).toEqual(['acme:a', 'acme:b'])
    current = tables[1]
    expect(now(at)).toEqual(['acme:b', 'acme:a'])
    // DeepSeek costs twice as much in the morning.
    const deepseek = createAutomatic(
      createModelIndex({ providers: [{ id: 'deepseek' }, { id: 'acme', models: { c: price('0.5') } }] }),
    )
    const first = (moment: string) =>
      deepseek
        .choose({ needs: nothing, at: Date.parse(moment), providers: ['deepseek', 'acme'] })
        .map(idOf)[0]
    expect([first('2026-11-24T12:00:00Z'), first('2026-11-24T02:00:00Z')]).toEqual([
      'deepseek:deepseek-v4-flash',
      'acme:c',
    ])
  })

  test('does not choose vectors, pictures and speech, what has no price and what is retired', () => {
    const models = createModelIndex({
      providers: [
        { id: 'acme', models: { unpriced: {}, priced: { price: { input: '99', output: '99' } } } },
        { id: 'openai' },
      ],
    })
    expect(choose(models, { providers: ['acme'] })).toEqual(['acme:priced'])
    expect(
      choose(models, { scope: { allows: (_, model) => /embedding|image|tts|whisper/.test(model) } }),
    ).toEqual([])
  })
})
