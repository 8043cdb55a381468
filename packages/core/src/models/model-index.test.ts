import { describe, expect, it } from 'vitest'
import { GatewayError } from '../errors/gateway-error.ts'
import { createModelIndex } from './model-index.ts'

const index = createModelIndex({
  providers: [{ id: 'openai' }, { id: 'anthropic' }, { id: 'groq' }],
})

function failure(requested: string, models = index): GatewayError {
  try {
    models.resolve(requested)
  } catch (error) {
    if (GatewayError.isInstance(error)) return error
  }
  throw new Error(`"${requested}" was resolved`)
}

describe('resolve', () => {
  it.each([
    ['gpt-4o', 'openai', 'gpt-4o'],
    ['GPT-4o', 'openai', 'gpt-4o'],
    ['openai:gpt-4o', 'openai', 'gpt-4o'],
    ['openai:GPT-4O', 'openai', 'gpt-4o'],
    ['openai/gpt-4o', 'openai', 'gpt-4o'],
    ['claude-sonnet-5-5', 'anthropic', 'claude-sonnet-5-5'],
    ['anthropic/claude-opus-5-5', 'anthropic', 'claude-opus-5-5'],
    ['openai/gpt-oss-120b', 'groq', 'openai/gpt-oss-120b'],
    ['groq:openai/gpt-oss-120b', 'groq', 'openai/gpt-oss-120b'],
    ['gpt-5-1', 'openai', 'gpt-5.1'],
    ['claude-3-haiku', 'anthropic', 'claude-3-haiku-20240307'],
  ])('%s is %s:%s', (requested, provider, upstreamId) => {
    expect(index.resolve(requested)).toMatchObject({ provider, upstreamId, publicId: upstreamId })
    expect(index.resolve(requested).entry?.id).toBe(upstreamId)
  })

  it('P11 passes an uncatalogued model of a known provider on as written, without an entry', () => {
    for (const id of ['Gpt-4o-2099-01-01', 'acme/Large', 'a:b']) {
      expect(index.resolve(`openai:${id}`)).toEqual({
        provider: 'openai',
        upstreamId: id,
        publicId: `openai:${id}`,
        entry: undefined,
      })
    }
  })

  it.each([
    'gpt-4o-2099-01-01',
    'claude-sonnet-5-9-20991231',
    'claude-haiku-4-5-fast',
    'gpt-5-nano-x',
    'gpt-4o-latest',
    'openai/gpt-4o-2099-01-01',
    'openai/',
    '/gpt-4o',
    'gpt',
  ])('P11 %s is no model, however alike', (requested) => {
    expect(failure(requested)).toMatchObject({ code: 'model_not_found', status: 404, param: 'model' })
  })

  it('P11 keeps a dated snapshot at its own price: gpt-4o-2024-05-13 costs twice gpt-4o', () => {
    const input = (id: string) => index.resolve(id).entry?.prices[0]?.bands[0]?.rows.default?.text_in
    expect(input('gpt-4o')).toBe(2_500_000)
    expect(input('gpt-4o-2024-05-13')).toBe(5_000_000)
  })

  it.each([
    ['gpt-40', 'gpt-4o'],
    ['gtp-4o', 'gpt-4o'],
    ['claude-sonet-5', 'claude-sonnet-5'],
    ['opnai:gpt-4o', 'openai:gpt-4o'],
    ['OpenAI:gpt-4o', 'openai:gpt-4o'],
    ['antropic:claude-sonet-5', 'anthropic:claude-sonnet-5'],
    ['opnai:my-own-model', 'openai:my-own-model'],
  ])('suggests for %s: %s', (requested, suggestion) => {
    expect(failure(requested).message).toContain(`Did you mean "${suggestion}"?`)
  })

  it('suggests nothing far-fetched', () => {
    expect(failure('llama-guard-99').message).not.toContain('Did you mean')
    expect(failure('x'.repeat(256)).message).not.toContain('Did you mean')
  })

  it('says which provider a catalogued model would need', () => {
    expect(failure('gemini-2.5-pro').message).toContain('belongs to the provider "google"')
  })

  it.each([
    ['', 'empty'],
    ['openai:', 'without a model'],
    [':gpt-4o', 'without a provider'],
    ['gpt-4o\n', 'control character'],
    ['gpt\u0000-4o', 'null byte'],
    ['x'.repeat(257), 'over-long'],
  ])('refuses %j (%s)', (requested) => {
    expect(failure(requested)).toMatchObject({ code: 'invalid_request', param: 'model' })
  })

  it("P13 knows a model by its provider's own name, at the same price", () => {
    const price = { input: '1', output: '1' }
    const models = createModelIndex({
      providers: [{ id: 'local', models: { small: { upstreamId: 'llama-3-8b', price }, big: { price } } }],
    })
    expect(models.resolve('local:Llama-3-8b')).toEqual(models.resolve('local:small'))
    expect(models.resolve('local:small').entry?.id).toBe('small')
    expect(() => models.resolve('llama-3-8b')).toThrow(/no model/)
  })

  it('takes names of object members for what they are', () => {
    expect(failure('constructor').code).toBe('model_not_found')
    expect(failure('__proto__:gpt-4o').code).toBe('model_not_found')
  })
})

describe('a bare id that several providers have', () => {
  const providers = [{ id: 'acme', models: { 'gpt-4o': {} } }, { id: 'openai' }]

  it('belongs to the first provider, and the other is reached by its address', () => {
    const models = createModelIndex({ providers })
    expect(models.resolve('gpt-4o')).toMatchObject({ provider: 'acme', publicId: 'gpt-4o' })
    expect(models.resolve('openai:gpt-4o')).toMatchObject({ provider: 'openai', publicId: 'openai:gpt-4o' })
  })

  it('belongs to the other when the order is the other', () => {
    const models = createModelIndex({ providers: providers.toReversed() })
    expect(models.resolve('gpt-4o')).toMatchObject({ provider: 'openai', publicId: 'gpt-4o' })
    expect(models.resolve('acme:gpt-4o')).toMatchObject({ provider: 'acme', publicId: 'acme:gpt-4o' })
  })
})

describe('fine-tunes', () => {
  it.each(['openai:ft:gpt-4o-mini-2024-07-18:org::AbC', 'ft:gpt-4o-mini-2024-07-18:org::AbC'])(
    'P11 %s has the price of its base, and its id goes upstream as written',
    (requested) => {
      const { upstreamId, entry } = index.resolve(requested)
      expect(upstreamId).toBe('ft:gpt-4o-mini-2024-07-18:org::AbC')
      expect(entry?.prices[0]?.bands[0]?.rows.default).toMatchObject({
        text_in: 300_000,
        text_out: 1_200_000,
      })
    },
  )

  it('P11 is unpriced when its base is not in the table', () => {
    expect(index.resolve('openai:ft:gpt-9:org::x').entry).toBeUndefined()
    expect(index.resolve('openai:ft:gpt-4o-mini-2024-07-18').entry).toBeUndefined()
    expect(failure('ft:gpt-9:org::x').code).toBe('model_not_found')
    expect(failure('ft:gpt-4o:org::x', createModelIndex({ providers: [{ id: 'groq' }] })).code).toBe(
      'model_not_found',
    )
  })
})

describe('models of the operator', () => {
  const models = createModelIndex({
    providers: [
      {
        id: 'openai',
        models: {
          'gpt-4o': { price: { input: '3', output: '12' }, aliases: ['house-model'] },
          cheap: { upstreamId: 'gpt-4o-mini' },
        },
      },
      {
        id: 'ollama',
        models: { 'llama3.2:3b': { contextWindow: 8192, price: { input: '0', output: '0' } } },
      },
      { id: 'lab', models: { draft: {} } },
    ],
  })
  const input = (name: string) => models.resolve(name).entry?.prices[0]?.bands[0]?.rows.default?.text_in

  it('P11 prices a catalogued model as the operator says, and keeps its limits', () => {
    expect(input('house-model')).toBe(3_000_000)
    expect(models.resolve('gpt-4o').entry).toMatchObject({ contextWindow: 128_000, maxOutputTokens: 16_384 })
    expect(models.list().filter(({ id }) => id === 'gpt-4o')).toHaveLength(1)
  })

  it('prices another name for a catalogued model as the model', () => {
    expect(models.resolve('cheap')).toMatchObject({ upstreamId: 'gpt-4o-mini', publicId: 'cheap' })
    expect(input('cheap')).toBe(150_000)
  })

  it('adds models, colons and all', () => {
    expect(models.resolve('llama3.2:3b')).toMatchObject({ provider: 'ollama', upstreamId: 'llama3.2:3b' })
    expect(models.resolve('ollama:llama3.2:3b').entry).toMatchObject({ contextWindow: 8192 })
    expect(input('llama3.2:3b')).toBe(0)
  })

  it('P11 leaves a model without a price unpriced, not free', () => {
    expect(models.resolve('draft').entry?.prices).toEqual([])
  })

  it('names the option of a bad price', () => {
    const models = { draft: { price: { input: '1,5' } } }
    expect(() => createModelIndex({ providers: [{ id: 'lab', models }] })).toThrow(
      /providers\.lab\.models\.draft\.price/,
    )
  })

  it('P11 bills the price of the operator when a snapshot answers, and the catalogue otherwise', () => {
    const rate = (prices = models.pricesOf('openai', 'none')) => prices?.[0]?.bands[0]?.rows.default?.text_in
    const dispatched = models.find('openai', 'gpt-4o')
    expect(rate(models.pricesOf('openai', 'gpt-4o-2024-08-06', dispatched))).toBe(3_000_000)
    expect(rate(models.pricesOf('openai', 'gpt-4o-2024-08-06'))).toBe(2_500_000)
    expect(rate(models.pricesOf('openai', 'gpt-4o'))).toBe(3_000_000)
    expect(rate(models.pricesOf('openai', 'gpt-4o-mini'))).toBe(150_000)
  })
})

describe('pricesOf', () => {
  it('P11 knows the names of answers exactly, and aliases not at all', () => {
    expect(index.pricesOf('openai', 'gpt-4o-2024-08-06')).toHaveLength(1)
    expect(index.pricesOf('openai', 'GPT-4o-2024-08-06')).toHaveLength(1)
    expect(index.pricesOf('openai', 'gpt-4o-2099-01-01')).toBeUndefined()
    expect(index.pricesOf('openai', 'gpt-5-1')).toBeUndefined()
    expect(index.pricesOf('anthropic', 'gpt-4o')).toBeUndefined()
    expect(index.pricesOf('nobody', 'gpt-4o')).toBeUndefined()
    expect(index.pricesOf('openai', 'ft:gpt-4o-2024-08-06:org::x')).toHaveLength(1)
  })
})

describe('the price of a call whose table was replaced meanwhile', () => {
  const table = (price: { readonly input: string; readonly output: string } | undefined) =>
    createModelIndex({
      providers: price ? [{ id: 'acme', models: { small: { price }, 'small-2': { price } } }] : [],
    })
  const rate = (prices: ReturnType<typeof index.pricesOf>) => prices?.[0]?.bands[0]?.rows.default?.text_in
  const dispatched = table({ input: '1', output: '2' }).find('acme', 'small')

  it.each([
    ['at another price', table({ input: '5', output: '6' })],
    ['without its provider', table(undefined)],
  ])('is that of the table it began with, in one %s', (_, later) => {
    expect(rate(later.pricesOf('acme', 'small', dispatched))).toBe(1_000_000)
    expect(rate(later.pricesOf('acme', 'small-2', dispatched))).toBe(1_000_000)
  })
})

describe('lookUp', () => {
  it('finds what resolve finds, and says undefined where that throws', () => {
    for (const name of ['GPT-4o', 'openai:gpt-4o', 'openai:new', 'openai/gpt-4o']) {
      expect(index.lookUp(name)).toEqual(index.resolve(name))
    }
    for (const name of ['gpt-40', 'opnai:gpt-4o', 'a/b']) expect(index.lookUp(name)).toBeUndefined()
    expect(() => index.lookUp('')).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })
})

describe('offers', () => {
  const models = { shared: { aliases: ['nick'] }, own: {} }
  const several = createModelIndex({
    providers: [
      { id: 'east', models },
      { id: 'west', models: { SHARED: {}, nick: {} } },
    ],
  })
  const offered = (name: string) =>
    several.offers(name).map(({ provider, publicId }) => `${provider} ${publicId}`)

  it('are those of every provider under this very id, the owner of the name first', () => {
    expect(offered('Shared')).toEqual(['east shared', 'west west:SHARED'])
    expect(offered('own')).toEqual(['east own'])
    // An id wins over an alias.
    expect(offered('nick')).toEqual(['west nick'])
  })

  it('are one where the provider is named, and none of what nobody has', () => {
    expect(offered('west:shared')).toEqual(['west west:SHARED'])
    expect(offered('east/shared')).toEqual(['east shared'])
    expect(offered('east:new')).toEqual(['east east:new'])
    expect(offered('gone')).toEqual([])
  })
})

describe('what an operator says a model takes and can do', () => {
  it('is the whole of it', () => {
    const models = { 'gpt-4o': { input: ['text' as const], features: { schema: false } }, plain: {} }
    const told = createModelIndex({ providers: [{ id: 'openai', models }] })
    expect(told.resolve('gpt-4o').entry).toMatchObject({
      input: ['text'],
      inputIsWhole: true,
      features: { schema: false },
    })
    expect(told.resolve('plain').entry).toMatchObject({ input: [] })
    expect(told.resolve('plain').entry?.inputIsWhole).toBeUndefined()
  })
})
