import { describe, expect, it } from 'vitest'
import { renderModel, renderModelList } from './listing.ts'
import { createModelIndex } from './model-index.ts'

const at = Date.parse('2026-11-24')
const index = createModelIndex({
  providers: [{ id: 'acme', models: { 'GPT-4o': {} } }, { id: 'openai' }, { id: 'anthropic' }],
})

function model(provider: string, id: string) {
  const entry = index.find(provider, id)
  if (entry === undefined) throw new Error(id)
  return renderModel(entry, { at })
}

describe('renderModel', () => {
  it('has what the OpenAI and the Anthropic client read', () => {
    expect(model('openai', 'gpt-5')).toMatchObject({
      id: 'gpt-5',
      object: 'model',
      created: Date.parse('2025-08-07') / 1000,
      owned_by: 'openai',
      type: 'model',
      display_name: 'GPT-5',
      created_at: '2025-08-07T00:00:00.000Z',
      max_input_tokens: 272_000,
      max_tokens: 128_000,
      context_window: 400_000,
      input_modalities: ['text', 'image', 'pdf'],
    })
  })

  it('tells prices as dollars per million tokens, with tier and band', () => {
    const { rates } = model('openai', 'gpt-5.4').pricing
    expect(rates).toContainEqual({ type: 'text_in', unit: 'million_tokens', price: '2.5' })
    expect(rates).toContainEqual({
      type: 'cache_read',
      unit: 'million_tokens',
      price: '1',
      conditions: { service_tier: 'priority', min_input_tokens: 272_001 },
    })
    expect(rates).toContainEqual({ type: 'web_search', unit: 'thousand_calls', price: '10' })
    expect(model('openai', 'whisper-1').pricing.rates).toEqual([
      { type: 'seconds_in', unit: 'second', price: '0.0001' },
    ])
  })

  it('tells the prices of the day', () => {
    const entry = index.find('openai', 'o3')
    if (entry === undefined) throw new Error('o3')
    const output = (day: string) =>
      renderModel(entry, { at: Date.parse(day) }).pricing.rates.find(({ type }) => type === 'text_out')?.price
    expect([output('2025-06-09'), output('2025-06-10')]).toEqual(['40', '8'])
  })

  it('says null and not a guess', () => {
    expect(model('acme', 'gpt-4o')).toMatchObject({
      context_window: null,
      max_tokens: null,
      created: 0,
      input_modalities: [],
      pricing: { rates: [] },
    })
  })
})

describe('renderModelList', () => {
  const list = renderModelList(index.list(), at)

  it('is one body for both clients', () => {
    expect(list).toMatchObject({ object: 'list', has_more: false })
    expect([list.first_id, list.last_id]).toEqual([list.data[0]?.id, list.data.at(-1)?.id])
    expect(renderModelList([])).toEqual({
      object: 'list',
      data: [],
      has_more: false,
      first_id: null,
      last_id: null,
    })
  })

  it('lists every model once, under a name that resolves to it', () => {
    expect(new Set(list.data.map(({ id }) => id)).size).toBe(list.data.length)
    for (const [position, entry] of index.list().entries()) {
      expect(index.resolve(list.data[position]?.id ?? '').entry).toBe(entry)
    }
    expect(list.data.map(({ id }) => id)).toContain('openai:gpt-4o')
  })
})
