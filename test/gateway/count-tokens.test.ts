import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { json } from '../upstream/answer.ts'

const express = hosts.find(({ name }) => name === 'Express') as (typeof hosts)[number]
let bench: Bench
beforeEach(async () => {
  bench = await startBench(express, {})
})
afterEach(async () => {
  expect((await bench.gateway.credits.balance('acme')).spent).toBe('0.000000000')
  await bench.stop()
})

const tool = { name: 'f', input_schema: { type: 'object' as const } }
const countMessages = (model: string) => {
  const client = new Anthropic({ baseURL: bench.url, apiKey: bench.token, maxRetries: 0 })
  const messages = [{ role: 'user' as const, content: 'hello' }]
  return client.messages.countTokens({ model, messages, system: 'Be brief.', tools: [tool] })
}
const countResponses = (model: string) => {
  const client = new OpenAI({ baseURL: `${bench.url}/v1`, apiKey: bench.token, maxRetries: 0 })
  return client.responses.inputTokens.count({ model, input: 'hello', instructions: 'Be brief.' })
}
const countContents = (model: string) => {
  const client = new GoogleGenAI({ apiKey: bench.token, httpOptions: { baseUrl: bench.url } })
  return client.models.countTokens({ model, contents: 'hello' })
}

describe('tokens are counted by the provider, in whatever dialect they are asked for', () => {
  test('Messages to Anthropic', async () => {
    bench.upstream.respond(json(200, { input_tokens: 17 }))
    expect(await countMessages('claude-sonnet-4-6')).toEqual({ input_tokens: 17 })
    expect(bench.upstream.calls[0]?.path).toBe('/v1/messages/count_tokens')
  })

  test('Messages to OpenAI', async () => {
    bench.upstream.respond(json(200, { object: 'response.input_tokens', input_tokens: 18 }))
    expect(await countMessages('gpt-5')).toEqual({ input_tokens: 18 })
    const [call] = bench.upstream.calls
    expect(call?.path).toBe('/v1/responses/input_tokens')
    expect(call?.json()).toMatchObject({ model: 'gpt-5', tools: [{ type: 'function', name: 'f' }] })
    expect(call?.json()).not.toHaveProperty('store')
  })

  test('Responses to OpenAI', async () => {
    bench.upstream.respond(json(200, { object: 'response.input_tokens', input_tokens: 18 }))
    expect(await countResponses('gpt-5')).toMatchObject({ input_tokens: 18 })
    expect(bench.upstream.calls[0]?.json()).toEqual({
      model: 'gpt-5',
      input: 'hello',
      instructions: 'Be brief.',
    })
  })

  test('Responses to Anthropic', async () => {
    bench.upstream.respond(json(200, { input_tokens: 19 }))
    expect(await countResponses('claude-sonnet-4-6')).toMatchObject({
      object: 'response.input_tokens',
      input_tokens: 19,
    })
    const [call] = bench.upstream.calls
    expect(call?.path).toBe('/v1/messages/count_tokens')
    expect(call?.json()).not.toHaveProperty('max_tokens')
  })

  test('Gemini to Anthropic', async () => {
    bench.upstream.respond(json(200, { input_tokens: 20 }))
    expect(await countContents('claude-sonnet-4-6')).toMatchObject({ totalTokens: 20 })
  })
})

describe('where a provider counts nothing', () => {
  test('the number is an estimate, and says so', async () => {
    const { token } = bench
    const body = { model: 'gpt-4o-audio-preview', messages: [{ role: 'user', content: 'x'.repeat(1000) }] }
    const headers = { 'x-api-key': token, authorization: '' }
    const response = await bench.post('/v1/messages/count_tokens', body, { headers })
    expect(response.headers.get('tollgate-estimated')).toBe('true')
    const { input_tokens } = (await response.json()) as { input_tokens: number }
    expect(input_tokens).toBeGreaterThan(250)
    expect(input_tokens).toBeLessThan(400)
    expect(bench.upstream.calls).toHaveLength(0)
  })

  test('an unknown model is still unknown', async () => {
    await expect(countMessages('claude-nothing-9')).rejects.toMatchObject({ status: 404 })
  })
})
