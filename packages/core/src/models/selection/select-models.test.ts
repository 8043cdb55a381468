import { describe, expect, test } from 'vitest'
import { createModelIndex } from '../model-index.ts'
import type { SelectionCandidate, SelectionFunction, SelectionRequest } from './candidate.ts'
import { createMetrics } from './metrics.ts'
import type { Needs } from './needs.ts'
import { nothingLeft, planNames, type VirtualTargets } from './plan-names.ts'
import { type SelectModelsOptions, selectModels } from './select-models.ts'

const price = (dollars: string) => ({ price: { input: dollars, output: dollars } })
const models = createModelIndex({
  providers: [
    { id: 'east', models: { shared: price('3'), small: price('1'), alias: { aliases: ['nick'] } } },
    { id: 'west', models: { shared: price('2'), large: price('9'), 'text-only': price('5') } },
    { id: 'north', models: { Shared: price('1'), 'gpt-4o': {} } },
  ],
})
const virtuals: Record<string, VirtualTargets> = {
  fast: { targets: [{ model: 'large' }, { model: 'small' }] },
  cheap: { strategy: 'price', targets: [{ model: 'large' }, { model: 'shared' }] },
  ordered: { strategy: 'order', targets: [{ model: 'large' }, { model: 'gone' }, { model: 'small' }] },
  split: {
    strategy: 'weighted',
    targets: [
      { model: 'large', weight: 1 },
      { model: 'small', weight: 99 },
    ],
  },
}

const request: SelectionRequest = {
  account: 'acme',
  accessKeyId: undefined,
  model: 'shared',
  dialect: 'openai-chat',
  stream: true,
  inputTokens: 1000,
  maxOutputTokens: undefined,
  lastServedBy: undefined,
}
const nothing: Needs = {
  input: new Set(),
  features: new Set(),
  inputTokens: { least: 0, likely: 0 },
  outputTokens: undefined,
  contextWindow: undefined,
}

function planFor(names: readonly string[], isChosen = false) {
  return planNames(names, {
    models,
    virtualModel: (name) => virtuals[name],
    automatic: () => [],
    isChosen,
  })
}

function select(names: readonly string[], options: Partial<SelectModelsOptions> = {}) {
  const strategy = options.strategy ?? 'order'
  return selectModels(planFor(names, strategy !== 'order'), {
    strategy,
    needs: nothing,
    request,
    metrics: createMetrics(),
    key: 'conversation-1',
    last: undefined,
    at: Date.now(),
    ...options,
  })
}
const ids = (...given: Parameters<typeof select>) => select(...given).models.map(({ id }) => id)

describe('names', () => {
  test('come in the order of the client, each model once', () => {
    expect(ids(['small', 'west:large', 'nick', 'large', 'east:alias', 'SMALL'])).toEqual([
      'east:small',
      'west:large',
      'east:alias',
    ])
  })

  test('mean their owner, and every provider of the very id where something chooses', () => {
    expect(ids(['shared'])).toEqual(['east:shared'])
    expect(ids(['shared'], { strategy: 'price' })).toEqual(['north:Shared', 'west:shared', 'east:shared'])
    expect(ids(['west:shared'], { strategy: 'price' })).toEqual(['west:shared'])
    expect(ids(['nick'], { strategy: 'price' })).toEqual(['east:alias'])
  })

  test('that nobody has are passed over, and told', () => {
    const { models: found, skipped } = select(['gone', 'small'])
    expect(found.map(({ id }) => id)).toEqual(['east:small'])
    expect(skipped).toEqual([{ name: 'gone', reason: 'is not known', code: 'model_not_found' }])
    expect(nothingLeft(skipped)).toMatchObject({
      status: 404,
      message: expect.stringContaining('"gone" is not known'),
    })
  })

  test('of a provider go as they are, though no catalogue has them', () => {
    expect(ids(['east:new-model', 'small'])).toEqual(['east:new-model', 'east:small'])
  })
})

describe('virtual models', () => {
  test('stand for their targets, in their order, and are told of', () => {
    const { models: found, skipped } = select(['ordered', 'west:shared'])
    expect(found.map(({ id, virtualModel }) => [id, virtualModel])).toEqual([
      ['west:large', 'ordered'],
      ['east:small', 'ordered'],
      ['west:shared', undefined],
    ])
    expect(skipped).toEqual([{ name: 'gone', reason: 'is not known', code: 'model_not_found' }])
  })

  test('choose by their own strategy, among every provider of their targets', () => {
    expect(ids(['cheap'])).toEqual(['north:Shared', 'west:shared', 'east:shared', 'west:large'])
  })

  test('without a strategy follow the call’s', () => {
    expect(ids(['fast'])).toEqual(['west:large', 'east:small'])
    expect(ids(['fast'], { strategy: 'price' })).toEqual(['east:small', 'west:large'])
  })

  test('with one stay together at the place of their first', () => {
    expect(ids(['ordered', 'west:shared'], { strategy: 'price' })).toEqual([
      'west:shared',
      'west:large',
      'east:small',
    ])
  })

  test('split conversations by weight, each for good', () => {
    const firsts = Array.from({ length: 300 }, (_, at) => ids(['split'], { key: `${at}` })[0])
    const small = firsts.filter((id) => id === 'east:small').length
    expect(small).toBeGreaterThan(285)
    expect(small).toBeLessThan(300)
    expect(ids(['split'])).toEqual(ids(['split']))
  })
})

describe('what may not or cannot serve a call', () => {
  test('is left out with its reason', () => {
    const { models: found, skipped } = select(['large', 'small', 'gpt-4o'], {
      refuse: ({ provider }) =>
        provider === 'west' ? { reason: 'is not allowed', code: 'model_not_allowed' } : undefined,
      needs: { ...nothing, input: new Set(['audio']), outputTokens: 5 },
    })
    expect(found.map(({ id }) => id)).toEqual(['east:small', 'north:gpt-4o'])
    expect(skipped).toEqual([{ name: 'west:large', reason: 'is not allowed', code: 'model_not_allowed' }])
    expect(nothingLeft(skipped).status).toBe(403)
  })

  test('is told together where nothing is left', () => {
    const one = { name: 'a', reason: 'takes no images', code: 'unsupported_parameter' } as const
    const other = { name: 'b', reason: 'is not allowed', code: 'model_not_allowed' } as const
    expect(nothingLeft([one, other])).toMatchObject({
      code: 'unsupported_parameter',
      message: 'No model is left that could serve this call: "a" takes no images; "b" is not allowed.',
    })
  })
})

describe('a conversation', () => {
  test('stays with whom it was served by, where something chooses', () => {
    const last = 'east:shared'
    expect(ids(['shared', 'large'], { strategy: 'price', last })[0]).toBe(last)
    expect(ids(['cheap'], { last }).slice(0, 2)).toEqual([last, 'north:Shared'])
    expect(ids(['split'], { last: 'west:large' })).toEqual(['west:large', 'east:small'])
  })

  test('goes back where order is the client’s, or the operator’s word', () => {
    expect(ids(['small', 'large'], { last: 'west:large' })).toEqual(['east:small', 'west:large'])
    expect(ids(['ordered'], { last: 'east:small' })).toEqual(['west:large', 'east:small'])
  })

  test('leaves whom has failed just now, and has no say over who was left out', () => {
    const last = 'east:shared'
    const isHealthy = ({ provider }: { provider: string }) => provider !== 'east'
    expect(ids(['shared'], { strategy: 'price', last, isHealthy })).toEqual([
      'north:Shared',
      'west:shared',
      'east:shared',
    ])
    expect(ids(['shared'], { strategy: 'price', last: 'west:large' })[0]).toBe('north:Shared')
  })
})

describe('a strategy of the host', () => {
  test('sees candidates with what is known of them, and has the last word', () => {
    const metrics = createMetrics()
    const meter = metrics.meter('west', 'large')
    meter.begin()
    meter.ended({ outcome: 'succeeded', firstTokenMs: 100, durationMs: 200 })
    let seen: readonly SelectionCandidate[] = []
    const strategy: SelectionFunction = (candidates, asked) => {
      seen = candidates
      expect(asked).toEqual(request)
      return candidates.filter(({ id }) => id !== 'east:small').toReversed()
    }
    expect(ids(['ordered', 'shared'], { strategy, metrics, last: 'west:large' })).toEqual([
      'north:Shared',
      'west:shared',
      'east:shared',
      'west:large',
    ])
    expect(seen[0]).toMatchObject({
      id: 'west:large',
      provider: 'west',
      model: 'large',
      virtualModel: 'ordered',
    })
    expect(seen[0]?.metrics.requests).toBe(1)
    expect(seen[0]?.estimatedDollars).toBeCloseTo(0.018, 9)
  })

  test('may answer copies, and may not answer anything else', () => {
    expect(ids(['small', 'large'], { strategy: (all) => all.map((each) => ({ ...each })) })).toHaveLength(2)
    const refused = (answer: unknown) =>
      expect(() => ids(['small', 'large'], { strategy: (() => answer) as never }))
    const failed = (cause: RegExp) =>
      expect.objectContaining({
        code: 'internal',
        cause: expect.objectContaining({ message: expect.stringMatching(cause) }),
      })
    refused([{ id: 'east:other' }]).toThrow(failed(/not one of its candidates/))
    refused([undefined]).toThrow(failed(/not one of its candidates/))
    refused('small').toThrow(failed(/gave no list/))
    refused(Promise.reject(new Error('late'))).toThrow(failed(/async/))
  })

  test('that throws fails the call, and its reason is kept from the client', () => {
    const strategy = () => {
      throw new Error('secret')
    }
    expect(() => ids(['small', 'large'], { strategy })).toThrow(
      expect.objectContaining({ status: 500, message: expect.not.stringContaining('secret') }),
    )
  })

  test('is not asked where there is one candidate', () => {
    const strategy = () => {
      throw new Error('asked')
    }
    expect(ids(['small'], { strategy })).toEqual(['east:small'])
  })
})
