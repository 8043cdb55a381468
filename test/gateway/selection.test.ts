import type { GatewayOptions, SelectionFunction } from '@tollgate/core'
import { afterEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'

const host = hosts.find(({ name }) => name === 'Express') as (typeof hosts)[number]
let bench: Bench
afterEach(() => bench.stop())

const price = (dollars: string) => ({ price: { input: dollars, output: dollars } })
const shared = { shared: price('3') }

/** Two providers that are one scripted upstream, and nothing of the catalogue's. */
async function start(options: GatewayOptions = {}): Promise<void> {
  bench = await startBench(host, (url) => {
    const baseUrl = `${url}/v1`
    return {
      providers: {
        east: {
          baseUrl,
          models: {
            ...shared,
            small: { ...price('1'), contextWindow: 4000, input: ['text'], features: { schema: false } },
            large: { ...price('9'), contextWindow: 400_000, input: ['text', 'image'] },
          },
        },
        west: { baseUrl, models: { shared: price('2'), middle: { ...price('5'), contextWindow: 100_000 } } },
      },
      ...options,
    }
  })
}

const hello = [{ role: 'user', content: 'hello' }]
async function ask(body: object, headers: Record<string, string> = {}) {
  const response = await bench.post('/v1/chat/completions', { messages: hello, ...body }, { headers })
  const text = await response.text()
  const served = response.headers.get('tollgate-model')
  return { status: response.status, served, text }
}
const servedBy = async (body: object, headers?: Record<string, string>) => (await ask(body, headers)).served

describe('a virtual model', () => {
  test('is served by its targets, whoever made it, and by what it was changed to at the next call', async () => {
    const named: (string | undefined)[] = []
    const onUsage: GatewayOptions['onUsage'] = ({ virtualModel }) => void named.push(virtualModel)
    await start({ virtualModels: { fast: ['small', 'large'] }, onUsage })
    expect(await servedBy({ model: 'Fast' })).toBe('east:small')
    const { virtualModels } = bench.gateway
    await virtualModels.create({ name: 'mine', account: 'acme', targets: ['middle'] })
    expect(await servedBy({ model: 'mine' })).toBe('west:middle')
    await virtualModels.update('acme/mine', { targets: ['large'] })
    expect(await servedBy({ model: 'mine' })).toBe('east:large')
    await virtualModels.delete('acme/mine')
    expect((await ask({ model: 'mine' })).status).toBe(404)
    expect(await servedBy({ model: 'small' })).toBe('east:small')
    await bench.charges(4)
    expect(named).toEqual(['Fast', 'mine', 'mine', undefined])
    expect(bench.upstream.calls.map(({ body }) => JSON.parse(String(body)).model)).toEqual([
      'small',
      'middle',
      'large',
      'small',
    ])
  })

  test('passes over targets that cannot serve the call', async () => {
    await start({ virtualModels: { fast: ['small', 'large'] } })
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } }
    expect(await servedBy({ model: 'fast', messages: [{ role: 'user', content: [image] }] })).toBe(
      'east:large',
    )
    expect(await servedBy({ model: 'fast', response_format: { type: 'json_schema' } })).toBe('east:large')
    expect(await servedBy({ model: 'fast' }, { 'tollgate-require': 'context=100000' })).toBe('east:large')
  })

  test('keeps its weights over many conversations, and each where it is', async () => {
    await start({
      virtualModels: { split: { strategy: 'weighted', targets: ['small', { model: 'large', weight: 3 }] } },
    })
    const served = new Map<string, string | null>()
    for (let at = 0; at < 40; at += 1) {
      const prompt_cache_key = `conversation-${at}`
      served.set(prompt_cache_key, await servedBy({ model: 'split', prompt_cache_key }))
    }
    const large = [...served.values()].filter((model) => model === 'east:large').length
    // The keys are the same in every run, and so is the split.
    expect(large).toBeGreaterThan(24)
    expect(large).toBeLessThan(38)
    for (const [prompt_cache_key, model] of [...served].slice(0, 8)) {
      expect(await servedBy({ model: 'split', prompt_cache_key })).toBe(model)
    }
  })
})

describe('tollgate/auto', () => {
  test('is the cheapest that can serve the call', async () => {
    await start()
    expect(await servedBy({ model: 'tollgate/auto' })).toBe('east:small')
    expect(await servedBy({ model: 'tollgate/auto' }, { 'tollgate-require': 'schema' })).toBe('west:shared')
    expect(await servedBy({ model: 'Tollgate/Auto' }, { 'tollgate-require': 'image' })).toBe('east:large')
    const long = [{ role: 'user', content: 'word '.repeat(8000) }]
    expect(await servedBy({ model: 'tollgate/auto', messages: long })).toBe('west:shared')
  })

  test('keeps to what a key is allowed, and tells when nothing is left', async () => {
    await start()
    const configuration = await bench.gateway.configurations.create({
      name: 'middle',
      scope: { models: { allow: ['middle'] } },
    })
    const { token } = await bench.gateway.keys.create({ account: 'acme', configuration: configuration.id })
    const authorization = `Bearer ${token}`
    expect(await servedBy({ model: 'tollgate/auto' }, { authorization })).toBe('west:middle')
    const refused = await ask({ model: 'tollgate/auto' }, { authorization, 'tollgate-require': 'image' })
    expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('tollgate/auto') })
    const wrong = await ask({ model: 'tollgate/auto' }, { 'tollgate-require': 'speed' })
    expect(wrong).toMatchObject({ status: 400, text: expect.stringContaining('"speed') })
  })
})

describe('the strategy of the options', () => {
  test('orders what a client names, and the providers of a name', async () => {
    await start({ selection: { strategy: 'price' } })
    expect(await servedBy({ model: 'shared' })).toBe('west:shared')
    expect(await servedBy({ model: 'large', models: ['middle', 'small'] })).toBe('east:small')
    expect(await servedBy({ model: 'east:shared' })).toBe('east:shared')
    expect((await ask({ model: 'smal' })).text).toContain('Did you mean \\"small\\"')
  })

  test('may be the host’s own, whose failure is nobody’s secret told', async () => {
    let isBroken = false
    const strategy: SelectionFunction = (candidates, { account }) => {
      if (isBroken) throw new Error('secret')
      expect(account).toBe('acme')
      return candidates.toReversed()
    }
    await start({ selection: { strategy } })
    expect(await servedBy({ model: 'large', models: ['middle', 'small'] })).toBe('east:small')
    isBroken = true
    const { status, text } = await ask({ model: 'large', models: ['small'] })
    expect(status).toBe(500)
    expect(text).not.toContain('secret')
    expect((await ask({ model: 'large' })).status).toBe(200)
  })
})

test('the list of models tells how each has been doing', async () => {
  await start()
  expect((await ask({ model: 'small' })).status).toBe(200)
  const streamed = await bench.post('/v1/chat/completions', { model: 'small', stream: true, messages: hello })
  await streamed.text()
  await bench.charges(2)
  const [small, large] = ['small', 'large'].map(async (id) =>
    (await bench.gateway.models.list()).find((model) => model.id === id),
  )
  expect((await small)?.metrics).toMatchObject({
    uptime_last_15m: 1,
    uptime_last_1d: 1,
    latency_last_1h: { window_minutes: 60 },
  })
  expect((await large)?.metrics).toBeNull()
})
