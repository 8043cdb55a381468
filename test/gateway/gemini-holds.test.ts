import { createGateway, type Gateway } from '@tollgate/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { json } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

const price = { input: '3', output: '15', audioInput: '30', audioOutput: '150', webSearch: '10' }
const contextWindow = 1_000_000
const contents = [{ role: 'user', parts: [{ text: 'hi' }] }]
const answer = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hi.' }] }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7, totalTokenCount: 12 },
}
/** Of 1000 output tokens, in dollars. */
const output = 0.015

let google: Upstream
let gateway: Gateway
let held: string | undefined

beforeEach(async () => {
  google = await startUpstream(async () => {
    held = (await gateway.credits.balance('acme')).held
    return json(200, answer)
  })
  const models = { mine: { price, contextWindow } }
  const provider = { apiKey: 'AIza-upstream', baseUrl: `${google.url}/v1beta`, models }
  gateway = createGateway({
    store: 'memory:',
    secret: 'sixteen letters and more',
    providers: { google: provider },
  })
})
afterEach(async () => {
  held = undefined
  await gateway.close()
  await google.close()
})

async function ask(body: object, amount = '1000') {
  await gateway.credits.grant({ account: 'acme', amount, reference: 'start' })
  const { token } = await gateway.keys.create({ account: 'acme' })
  const generationConfig = { maxOutputTokens: 1000 }
  const response = await gateway.fetch(
    new Request('http://gateway/v1beta/models/mine:generateContent', {
      method: 'POST',
      headers: { 'x-goog-api-key': token },
      body: JSON.stringify({
        contents,
        ...('generation_config' in body ? {} : { generationConfig }),
        ...body,
      }),
    }),
  )
  const { error } = (await response.json()) as { error?: { message: string } }
  return {
    status: response.status,
    message: error?.message,
    sent: google.calls[0]?.json(),
    dollars: Number(held),
  }
}

describe('what a body of Gemini may cost is held', () => {
  test.each([
    [{ generation_config: { max_output_tokens: 1000, candidate_count: 8 } }],
    [{ generationConfig: { max_output_tokens: 1000, candidate_count: 8 } }],
  ])('in whichever spelling it asks for answers: %j', async (body) => {
    const { status, dollars } = await ask(body)
    expect(status).toBe(200)
    expect(dollars).toBeGreaterThan(8 * output)
    expect(dollars).toBeLessThan(9 * output)
  })

  test.each([
    [{ generation_config: { max_output_tokens: 60_000, temperature: 0.5 } }, 'generation_config'],
    [{ generationConfig: { max_output_tokens: 60_000, temperature: 0.5 } }, 'generationConfig'],
  ])('and the limit that a balance affords is the only one: %j', async (body, name) => {
    const { sent } = await ask(body, '0.05')
    expect(Object.keys(sent ?? {})).toEqual(['contents', name])
    expect(sent?.[name]).toEqual({ temperature: 0.5, maxOutputTokens: expect.any(Number) })
    const { maxOutputTokens } = Object(sent?.[name]) as { maxOutputTokens: number }
    expect((maxOutputTokens * output) / 1000).toBeLessThan(0.05)
  })

  test.each([
    [{ generationConfig: {}, generation_config: {} }, 'generationConfig'],
    [{ generationConfig: { maxOutputTokens: 1, max_output_tokens: 2 } }, 'generationConfig.maxOutputTokens'],
    [{ serviceTier: 'standard', service_tier: 'priority' }, 'serviceTier'],
  ])('and what is said twice is refused: %j', async (body, name) => {
    const { status, message, sent } = await ask(body)
    expect([status, sent]).toEqual([400, undefined])
    expect(message).toContain(`"${name}"`)
  })

  test('at the tier it asks for, which must have a price', async () => {
    expect((await ask({ service_tier: 'priority' })).status).toBe(403)
    expect(google.calls).toHaveLength(0)
  })

  test('with its searches, also where its one tool is in no list', async () => {
    expect((await ask({ tools: { google_search: {} } })).dollars).toBeGreaterThan(10 * 0.01 + output)
  })

  test('by the picture, however small it is', async () => {
    const parts = Array.from({ length: 20 }, () => ({ inlineData: { mimeType: 'image/png', data: 'AAAA' } }))
    // Up to 2240 tokens each.
    expect((await ask({ contents: [{ parts }] })).dollars).toBeGreaterThan((20 * 2240 * 3) / 1e6 + output)
    const fileUri = 'gs://bucket/picture'
    const { dollars } = await ask({ contents: [{ parts: [{ file_data: { file_uri: fileUri } }] }] })
    expect(dollars).toBeGreaterThan((2240 * 3) / 1e6 + output)
  })

  test.each([
    [{ fileData: { mimeType: 'application/pdf', fileUri: 'https://example.com/all' } }, 3],
    [{ file_data: { file_uri: 'https://youtu.be/x' } }, 30],
    [{ fileData: { mimeType: 'video/mp4', fileUri: 'gs://bucket/film' } }, 30],
  ])('by all that its model takes, for what may be that long: %j', async (part, rate) => {
    expect((await ask({ contents: [{ parts: [part] }] })).dollars).toBeGreaterThanOrEqual(rate + output)
  })

  test('as speech, where it asks for that', async () => {
    const generationConfig = { maxOutputTokens: 1000, responseModalities: ['AUDIO'] }
    expect((await ask({ generationConfig })).dollars).toBeGreaterThan(0.15)
  })
})

test.each(['cachedContent', 'cached_content'])('%s is for those with a key of their own', async (name) => {
  const { status, message, sent } = await ask({ [name]: 'cachedContents/of-another' })
  expect([status, sent]).toEqual([400, undefined])
  expect(message).toContain('"cachedContent" lives at the provider\'s account')
  await gateway.providerKeys.create({ account: 'acme', provider: 'google', name: 'own', value: 'AIza-own' })
  expect((await ask({ [name]: 'cachedContents/mine' })).status).toBe(200)
  expect(google.calls[0]?.json()).toHaveProperty(name, 'cachedContents/mine')
})
