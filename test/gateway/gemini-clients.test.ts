import { GoogleGenAI } from '@google/genai'
import { createGateway } from '@tollgate/core'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, silent, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { stream } from '../upstream/answer.ts'
import { recording } from '../upstream/wire.ts'

const express = hosts.find(({ name }) => name === 'Express') as (typeof hosts)[number]
let bench: Bench

describe('Gemini meets the other dialects in a running gateway', () => {
  beforeEach(async () => {
    bench = await startBench(express)
  })
  afterEach(() => bench.stop())

  test('its client streams from Claude', async () => {
    bench.upstream.respond(stream(recording('anthropic/anthropic-text.chunks.txt').events))
    const client = new GoogleGenAI({ apiKey: bench.token, httpOptions: { baseUrl: bench.url } })
    let text = ''
    let usage: unknown
    for await (const chunk of await client.models.generateContentStream({
      model: 'claude-sonnet-4-6',
      contents: 'hi',
    })) {
      text += chunk.text ?? ''
      usage = chunk.usageMetadata ?? usage
    }
    expect(text).toHaveLength(108)
    expect(usage).toMatchObject({ promptTokenCount: 12, candidatesTokenCount: 30 })
    expect(bench.upstream.calls[0]?.json()).toMatchObject({ model: 'claude-sonnet-4-6', stream: true })
    await bench.charges(1)
  })

  test('a client of Chat Completions reaches a server that speaks nothing but Gemini', async () => {
    const price = { input: '1.00', output: '2.00' }
    const { upstream } = bench
    const gateway = createGateway({
      store: 'memory:',
      logger: silent,
      providers: {
        gem: {
          baseUrl: `${upstream.url}/v1beta`,
          dialects: ['google-gemini'],
          models: { 'gemini-x': { price } },
        },
      },
    })
    await gateway.credits.grant({ account: 'acme', amount: '1', reference: 'r' })
    const { token } = await gateway.keys.create({ account: 'acme' })
    upstream.respond(stream(recording('google/google-tool-call-gemini3.chunks.txt').events))
    const client = new OpenAI({ baseURL: 'http://gateway/v1', apiKey: token, fetch: gateway.fetch })
    const seen: OpenAI.ChatCompletionChunk[] = []
    for await (const chunk of await client.chat.completions.create({
      model: 'gem:gemini-x',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      stream_options: { include_usage: true },
    }))
      seen.push(chunk)
    expect(upstream.calls[0]?.path).toBe('/v1beta/models/gemini-x:streamGenerateContent?alt=sse')
    expect(seen.at(-1)?.usage).toMatchObject({ prompt_tokens: 29, completion_tokens: 819 })
    expect(seen.some(({ choices }) => choices[0]?.finish_reason === 'tool_calls')).toBe(true)
    await expect.poll(async () => (await gateway.credits.balance('acme')).held).toBe('0.000000000')
    // 29 in at $1 a million, 819 out at $2, and the fee of $0.05 on both.
    expect((await gateway.credits.balance('acme')).spent).toBe('0.001709400')
    await gateway.close()
  })
})
