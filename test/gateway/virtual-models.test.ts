import { createGateway, type Gateway, type GatewayOptions } from '@tollgate/core'
import { afterEach, describe, expect, test } from 'vitest'

const price = { input: '1', output: '2' }
const models = {
  small: { price, contextWindow: 8000, input: ['text'] },
  large: { price, contextWindow: 200_000, input: ['text', 'image'] },
  unpriced: {},
} as const
const providers = { acme: { baseUrl: 'http://127.0.0.1:9/v1', models } }

const open: Gateway[] = []
afterEach(() => Promise.all(open.splice(0).map((gateway) => gateway.close())))

function start(options: GatewayOptions = {}): Gateway {
  const gateway = createGateway({ store: 'memory:', providers, ...options })
  open.push(gateway)
  return gateway
}

async function listed(gateway: Gateway, account: string): Promise<{ id: string; [name: string]: unknown }[]> {
  const { token } = await gateway.keys.create({ account })
  const headers = { authorization: `Bearer ${token}` }
  const response = await gateway.fetch('http://gateway/v1/models', { headers })
  return ((await response.json()) as { data: { id: string }[] }).data
}

describe('virtual models', () => {
  test('are made, read, changed and deleted', async () => {
    const { virtualModels } = start()
    const made = await virtualModels.create({
      name: 'Fast',
      targets: ['small', { model: 'acme:large', weight: 3 }],
    })
    expect(made).toMatchObject({
      id: 'fast',
      name: 'Fast',
      targets: [{ model: 'small' }, { model: 'acme:large', weight: 3 }],
      version: 1,
      warnings: [],
      isOption: false,
    })
    expect(await virtualModels.get('fast')).toEqual(made)
    const changed = await virtualModels.update('fast', { strategy: 'weighted' })
    expect(changed).toMatchObject({ strategy: 'weighted', targets: made.targets, version: 2 })
    expect(
      (await virtualModels.update('fast', { strategy: null, targets: ['large'] })).strategy,
    ).toBeUndefined()
    expect(await virtualModels.list()).toMatchObject([
      { id: 'fast', targets: [{ model: 'large' }], version: 3 },
    ])
    expect(await virtualModels.delete('fast')).toBe(true)
    expect(await virtualModels.delete('fast')).toBe(false)
    expect(await virtualModels.get('fast')).toBeUndefined()
  })

  test('are changed on the version that was read, and by one of two at once', async () => {
    const { virtualModels } = start()
    const { id, version } = await virtualModels.create({ name: 'fast', targets: ['small'] })
    const edits = ['large', 'small'].map((model) =>
      virtualModels.update(id, { targets: [model] }, { version }),
    )
    const settled = await Promise.allSettled(edits)
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const refused = settled.find(({ status }) => status === 'rejected')
    expect(refused).toMatchObject({ reason: { code: 'version_conflict', status: 409, param: 'version' } })
    expect((await virtualModels.get(id))?.version).toBe(2)
  })

  test.each([
    ['name', { name: 'a b' }],
    ['name', { name: 'x'.repeat(65) }],
    ['name', { name: '' }],
    ['name', { name: 'SMALL' }],
    ['name', { name: 'taken' }],
    ['name', { name: 'FIXED' }],
    ['targets', { targets: [] }],
    ['targets', { targets: Array.from({ length: 11 }, (_, at) => `acme:m${at}`) }],
    ['targets.1', { targets: ['small', 'acme:SMALL'] }],
    ['targets.0', { targets: ['nobody'] }],
    ['targets.0', { targets: ['taken'] }],
    ['targets.0.weight', { targets: [{ model: 'small', weight: 0 }] }],
    ['strategy', { strategy: 'best' }],
    ['targetz', { targetz: [] }],
  ])('are refused by the member at fault: %s', async (param, members) => {
    const { virtualModels } = start({ virtualModels: { fixed: ['small'] } })
    await virtualModels.create({ name: 'taken', targets: ['small'] })
    const input = { name: 'fast', targets: ['small'], ...members } as never
    await expect(virtualModels.create(input)).rejects.toMatchObject({ code: 'invalid_request', param })
  })

  test('stand in the options too, where alone they are changed', async () => {
    const { virtualModels } = start({
      virtualModels: {
        fast: ['small', 'large'],
        split: { targets: [{ model: 'large', weight: 9 }, 'small'], strategy: 'weighted' },
      },
    })
    expect(await virtualModels.list()).toMatchObject([
      { id: 'fast', targets: [{ model: 'small' }, { model: 'large' }], isOption: true },
      { id: 'split', strategy: 'weighted', isOption: true },
    ])
    for (const change of [virtualModels.update('fast', {}), virtualModels.delete('fast')]) {
      await expect(change).rejects.toMatchObject({ code: 'invalid_request', param: 'id' })
    }
  })

  test('of the options that are wrong are named before anything starts', () => {
    expect(() =>
      start({
        virtualModels: {
          small: ['large'],
          fast: ['nobody'],
          twice: ['small', 'small'],
          Twice: ['small'],
          'a/b': ['small'],
        },
        selection: { strategy: 'best' as never },
      }),
    ).toThrow(
      /selection\.strategy[\s\S]*virtualModels\.small: "name" is a model's[\s\S]*virtualModels\.fast: "targets\.0"[\s\S]*virtualModels\.twice: "targets\.1"[\s\S]*virtualModels\.Twice: the name is there twice[\s\S]*virtualModels\.a\/b: "name"/,
    )
  })

  test('tell what has become wrong since', async () => {
    const store = new Map()
    const { Keyv } = await import('keyv')
    const first = start({ store: new Keyv({ store }) })
    await first.virtualModels.create({ name: 'fast', targets: ['small', 'acme:unpriced'] })
    const others = { fast: { price }, large: { price } }
    const second = start({
      store: new Keyv({ store }),
      providers: { acme: { ...providers.acme, models: others } },
    })
    expect((await first.virtualModels.get('fast'))?.warnings).toEqual([
      expect.stringMatching(/unpriced.*no price/),
    ])
    expect((await second.virtualModels.get('fast'))?.warnings).toEqual([
      expect.stringMatching(/"fast" is a model's now/),
      expect.stringMatching(/"small" is no model/),
      expect.stringMatching(/unpriced.*no price/),
    ])
    // What it stands for can be mended all the same.
    expect(await second.virtualModels.update('fast', { targets: ['large'] })).toMatchObject({ version: 2 })
    expect((await listed(second, 'acme')).filter(({ id }) => id === 'fast')).toMatchObject([
      { owned_by: 'acme' },
    ])
  })

  test('of an account are its own, and come before everybody’s of the same name', async () => {
    const { virtualModels } = start()
    await virtualModels.create({ name: 'fast', account: 'east', targets: ['large'] })
    const own = await virtualModels.create({ name: 'fast', account: 'west', targets: ['small'] })
    expect(own.id).toBe('west/fast')
    await virtualModels.create({ name: 'fast', targets: ['small', 'large'] })
    const names = async (account: string) => (await virtualModels.list({ account })).map(({ id }) => id)
    expect(await names('east')).toEqual(['east/fast', 'fast'])
    expect(await names('north')).toEqual(['fast'])
  })
})

describe('the list of models', () => {
  test('has virtual models that a key may call, with what holds of all their targets', async () => {
    const gateway = start({ virtualModels: { fast: ['small', 'large'], gone: ['unpriced'] } })
    await gateway.virtualModels.create({ name: 'mine', account: 'acme', targets: ['large'] })
    await gateway.virtualModels.create({ name: 'fine', account: 'acme', targets: ['large'] })
    await gateway.virtualModels.create({ name: 'fine', targets: ['small'] })
    const all = await listed(gateway, 'acme')
    expect(all.map(({ id }) => id)).toEqual(['fast', 'fine', 'mine', 'small', 'large', 'tollgate/auto'])
    expect(all[0]).toMatchObject({
      owned_by: 'virtual',
      context_window: 8000,
      input_modalities: ['text'],
      targets: ['small', 'large'],
      metrics: null,
    })
    expect(all[1]).toMatchObject({ targets: ['large'] })
    const everybodys = ['fast', 'fine', 'small', 'large', 'tollgate/auto']
    expect((await listed(gateway, 'other')).map(({ id }) => id)).toEqual(everybodys)
    expect((await gateway.models.list()).map(({ id }) => id)).toEqual(everybodys)
  })

  test('ends with tollgate/auto, which takes what any of them takes, where there is a price to go by', async () => {
    expect((await listed(start(), 'acme')).at(-1)).toMatchObject({
      id: 'tollgate/auto',
      context_window: 200_000,
      input_modalities: ['text', 'image'],
      pricing: { rates: [] },
    })
    const unpriced = start({ providers: { acme: { ...providers.acme, models: { unpriced: {} } } } })
    expect(await unpriced.models.list()).toEqual([])
  })

  test('has tollgate/auto only for what it chooses from, which are models that converse', async () => {
    const gateway = start({ providers: { openai: { apiKey: 'sk-upstream' } } })
    expect((await gateway.models.list()).at(-1)).toMatchObject({
      id: 'tollgate/auto',
      output_modalities: ['text'],
      endpoints: expect.not.arrayContaining(['embeddings']),
    })
    const embedding = 'text-embedding-3-small'
    const { id } = await gateway.configurations.create({
      name: 'embeds',
      scope: { models: { allow: [embedding] } },
    })
    const { token } = await gateway.keys.create({ account: 'acme', configuration: id })
    const response = await gateway.fetch('http://gateway/v1/models', { headers: { 'x-api-key': token } })
    const { data } = (await response.json()) as { data: { id: string }[] }
    expect(data.map((model) => model.id)).toEqual([embedding])
  })

  test('keeps to what a key is allowed, and describes one model by its name', async () => {
    const gateway = start({ virtualModels: { fast: ['small'], big: ['large'] } })
    const configuration = await gateway.configurations.create({
      name: 'c',
      scope: { models: { allow: ['large'] } },
    })
    const { token } = await gateway.keys.create({ account: 'acme', configuration: configuration.id })
    const read = async (path: string) => {
      const response = await gateway.fetch(`http://gateway/v1/models${path}`, {
        headers: { 'x-api-key': token },
      })
      return {
        status: response.status,
        body: (await response.json()) as { data: { id: string }[]; id: string },
      }
    }
    expect((await read('')).body.data.map(({ id }) => id)).toEqual(['big', 'large', 'tollgate/auto'])
    expect((await read('/BIG')).body).toMatchObject({ id: 'big', targets: ['large'] })
    expect((await read('/acme:large')).body.id).toBe('large')
    expect((await read('/tollgate/auto')).body.id).toBe('tollgate/auto')
    for (const name of ['fast', 'small', 'nobody']) expect((await read(`/${name}`)).status).toBe(404)
  })
})
