import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { embedMany } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ClientServer, startClientServer } from './client-server.ts'

describe('the other endpoints, through the official clients', () => {
  let server: ClientServer
  let openai: OpenAI
  let anthropic: Anthropic
  beforeAll(async () => {
    server = await startClientServer()
    openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: server.token })
    anthropic = new Anthropic({ baseURL: server.url, apiKey: server.token })
  })
  afterAll(() => server.stop())

  test('embeddings are charged by their tokens', async () => {
    const { data, usage } = await openai.embeddings.create({
      model: 'text-embedding-3-small',
      input: ['hello big world', 'hello'],
      dimensions: 8,
    })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([8, 8])
    expect(usage.total_tokens).toBe(4)
    // Four tokens at $0.02 a million, and the fee's $0.05.
    expect((await server.charges(1)).at(-1)).toBe('0.000000280')
  })

  test('embeddings of the AI SDK', async () => {
    const provider = createOpenAI({ baseURL: `${server.url}/v1`, apiKey: server.token })
    const { embeddings } = await embedMany({
      model: provider.embedding('text-embedding-3-small'),
      values: ['one', 'two'],
    })
    expect(embeddings).toHaveLength(2)
  })

  test('both clients list the same models and read one', async () => {
    const listed = []
    for await (const { id } of openai.models.list()) listed.push(id)
    const alsoListed = []
    for await (const { id } of anthropic.models.list()) alsoListed.push(id)
    expect(alsoListed).toEqual(listed)
    expect(listed).toEqual(expect.arrayContaining(['gpt-4o', 'claude-sonnet-4-6']))
    expect(await openai.models.retrieve('gpt-4o')).toMatchObject({ id: 'gpt-4o', object: 'model' })
    const model = await anthropic.models.retrieve('claude-sonnet-4-6')
    expect(model).toMatchObject({ id: 'claude-sonnet-4-6', type: 'model' })
    await expect(anthropic.models.retrieve('claude-sonnet-9')).rejects.toBeInstanceOf(Anthropic.NotFoundError)
  })

  test('tokens are counted', async () => {
    const messages = [{ role: 'user' as const, content: 'hello big world' }]
    const counted = await anthropic.messages.countTokens({ model: 'claude-sonnet-4-6', messages })
    expect(counted).toEqual({ input_tokens: 3 })
  })

  test('the gateway is its own fetch: the clients need no socket to it', async () => {
    const socketless = new OpenAI({
      baseURL: 'http://gateway/v1',
      apiKey: server.token,
      fetch: server.gateway.fetch,
    })
    const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'hello big world' }] }
    const { choices } = await socketless.chat.completions.create(ask)
    const streamed = await socketless.chat.completions.stream(ask).finalChatCompletion()
    expect(choices[0]?.message.content).toBe('hello big world')
    expect(streamed.choices[0]?.message.content).toBe('hello big world')
  })
})
