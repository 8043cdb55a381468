import { type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import type { GatewayOptions } from '@tollgate/core'
import { afterEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { json, stream } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import { recording } from '../upstream/wire.ts'

const express = hosts.find(({ name }) => name === 'Express') as (typeof hosts)[number]
let bench: Bench
let google: Upstream
let client: GoogleGenAI

async function start(options: GatewayOptions = {}) {
  google = await startUpstream()
  const models = { 'my-gemini': { price: { input: '1.00', output: '2.00' } } }
  const provider = { apiKey: 'AIza-upstream', baseUrl: `${google.url}/v1beta`, models }
  bench = await startBench(express, { providers: { google: provider }, ...options })
  client = new GoogleGenAI({ apiKey: bench.token, httpOptions: { baseUrl: bench.url } })
}

afterEach(async () => {
  await bench.stop()
  await google.close()
})

const usageMetadata = {
  promptTokenCount: 5,
  candidatesTokenCount: 7,
  thoughtsTokenCount: 3,
  totalTokenCount: 15,
}
const candidate = { content: { role: 'model', parts: [{ text: 'Hello.' }] }, finishReason: 'STOP', index: 0 }
const whole = { candidates: [candidate], modelVersion: 'my-gemini', responseId: 'r1', usageMetadata }

describe('a client of Gemini', () => {
  test('gets the answer of Gemini as it is, and is charged its thoughts too', async () => {
    await start()
    google.respond(json(200, whole))
    const answer = await client.models.generateContent({ model: 'google:my-gemini', contents: 'hi' })
    expect(answer.text).toBe('Hello.')
    expect(answer.usageMetadata).toMatchObject(usageMetadata)
    const [call] = google.calls
    expect(call?.path).toBe('/v1beta/models/my-gemini:generateContent')
    expect(call?.headers['x-goog-api-key']).toBe('AIza-upstream')
    expect(JSON.stringify(call?.headers)).not.toContain(bench.token)
    expect(call?.json()).not.toHaveProperty('model')
    // 5 in at $1 a million, 10 out at $2, and the fee of $0.05.
    expect(await bench.charges(1)).toEqual(['0.000025750'])
  })

  test.each([
    ['google/google-tool-call-gemini3.chunks.txt', 29, 819],
    ['google/google-stream-no-args-tool-call.chunks.txt', 249, 241],
  ])('gets its streams as they are, counted to the token: %s', async (file, input, output) => {
    await start()
    const { events } = recording(file)
    google.respond(stream(events))
    const seen: GenerateContentResponse[] = []
    for await (const chunk of await client.models.generateContentStream({
      model: 'my-gemini',
      contents: 'hi',
    }))
      seen.push(chunk)
    expect(seen).toHaveLength(events.length)
    expect(google.calls[0]?.path).toBe('/v1beta/models/my-gemini:streamGenerateContent?alt=sse')
    await bench.charges(1)
    for await (const row of bench.gateway.credits.ledger('acme'))
      if (row.op === 'settle')
        expect(row.meta).toMatchObject({
          usage: { text_in: input, text_out: output },
          usageSource: 'provider',
          clientDialect: 'google-gemini',
        })
  })

  test('may have its limit lowered to what the balance affords', async () => {
    await start()
    google.respond(json(200, whole))
    await bench.gateway.credits.grant({ account: 'poor', amount: '0.004', reference: 'start' })
    const { token } = await bench.gateway.keys.create({ account: 'poor' })
    const poor = new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: bench.url } })
    await poor.models.generateContent({
      model: 'my-gemini',
      contents: 'hi',
      config: { maxOutputTokens: 60_000, temperature: 0.5 },
    })
    const generationConfig = google.calls[0]?.json().generationConfig as Record<string, number>
    expect(generationConfig.temperature).toBe(0.5)
    expect(generationConfig.maxOutputTokens).toBeGreaterThan(256)
    expect(generationConfig.maxOutputTokens).toBeLessThan(2000)
  })

  test.each([
    ['gemini-2.5-flash', 0.035],
    ['gemini-3.5-flash', 0.028],
  ])('pays for what was searched for, as %s is billed', async (model, fee) => {
    await start()
    const groundingMetadata = { webSearchQueries: ['weather', 'rain'] }
    const modelVersion = model
    google.respond(json(200, { ...whole, modelVersion, candidates: [{ ...candidate, groundingMetadata }] }))
    await client.models.generateContent({
      model,
      contents: 'hi',
      config: { tools: [{ googleSearch: {} }] },
    })
    const [charge] = await bench.charges(1)
    expect(Number(charge)).toBeGreaterThan(fee)
    expect(Number(charge)).toBeLessThan(fee + 0.001)
  })

  test('is not given what Google bills and nobody counts', async () => {
    await start()
    const ask = client.models.generateContent({
      model: 'my-gemini',
      contents: 'hi',
      config: { tools: [{ googleMaps: {} }] },
    })
    await expect(ask).rejects.toMatchObject({ status: 403, message: expect.stringContaining('googleMaps') })
    expect(google.calls).toHaveLength(0)
  })

  test('counts tokens for nothing', async () => {
    await start()
    google.respond(json(200, { totalTokens: 31 }))
    expect(await client.models.countTokens({ model: 'my-gemini', contents: 'hi' })).toMatchObject({
      totalTokens: 31,
    })
    expect(google.calls[0]?.path).toBe('/v1beta/models/my-gemini:countTokens')
    expect((await bench.gateway.credits.balance('acme')).spent).toBe('0.000000000')
  })

  test('lists the models that its key may call', async () => {
    await start()
    const names: (string | undefined)[] = []
    for await (const model of await client.models.list()) names.push(model.name)
    expect(names).toContain('models/my-gemini')
    expect(names).toContain('models/gemini-2.5-pro')
    expect(await client.models.get({ model: 'gemini-2.5-pro' })).toMatchObject({
      name: 'models/gemini-2.5-pro',
      inputTokenLimit: expect.any(Number),
    })
    await expect(client.models.get({ model: 'gemini-9' })).rejects.toMatchObject({ status: 404 })
  })

  test('reads errors in its own words', async () => {
    await start()
    const unknown = client.models.generateContent({ model: 'no-such', contents: 'hi' })
    await expect(unknown).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('NOT_FOUND'),
    })
    const stranger = new GoogleGenAI({ apiKey: 'tg_nobody', httpOptions: { baseUrl: bench.url } })
    const refused = stranger.models.generateContent({ model: 'my-gemini', contents: 'hi' })
    await expect(refused).rejects.toMatchObject({ status: 401 })
    google.respond(json(400, { error: { code: 400, message: 'bad schema', status: 'INVALID_ARGUMENT' } }))
    const rejected = client.models.generateContent({ model: 'my-gemini', contents: 'hi' })
    await expect(rejected).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('bad schema'),
    })
    const list = await bench.post('/v1beta/models/my-gemini:streamGenerateContent', { contents: [] })
    expect(list.status).toBe(400)
    expect(await list.text()).toContain('alt=sse')
  })

  test('is told of an answer that was cut', async () => {
    await start()
    const { events } = recording('google/google-stream-no-args-tool-call.chunks.txt')
    google.respond(stream(events, { cutAfter: 4 }))
    const read = async () => {
      for await (const _ of await client.models.generateContentStream({
        model: 'my-gemini',
        contents: 'hi',
      }));
    }
    await expect(read()).rejects.toThrow()
    await bench.charges(1)
  })
})
