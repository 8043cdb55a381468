import { createGateway, type Gateway } from '@tollgate/core'
import { afterEach, describe, expect, test } from 'vitest'
import { builtInProviders } from '../../packages/core/src/providers/built-in.ts'
import { silent } from '../adapters/bench.ts'
import { json, stream } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import { recording } from '../upstream/wire.ts'

let upstream: Upstream
let gateway: Gateway
let token = ''

async function start(provider: string, basePath: string, model: string) {
  upstream = await startUpstream()
  gateway = createGateway({
    store: 'memory:',
    logger: silent,
    providers: {
      [provider]: {
        apiKey: 'sk-upstream',
        baseUrl: upstream.url + basePath,
        models: { [model]: { price: { input: '1', output: '2', cachedInput: '0.5' } } },
      },
    },
  })
  await gateway.credits.grant({ account: 'acme', amount: '100', reference: 'start' })
  token = (await gateway.keys.create({ account: 'acme' })).token
}

afterEach(async () => {
  await gateway.close()
  await upstream.close()
})

function post(path: string, body: object): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const request = new Request(`http://gateway${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  return gateway.fetch(request)
}

async function settled() {
  const rows = []
  for (let tries = 0; rows.length === 0 && tries < 100; tries += 1) {
    for await (const row of gateway.credits.ledger('acme')) if (row.op === 'settle') rows.push(row)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return rows[0]
}

const messages = [{ role: 'user', content: 'hi' }]
const answer = {
  id: 'c',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 },
}

describe('each provider of Chat Completions is called at its address, with its credential', () => {
  const spoken = builtInProviders.filter(({ dialects }) => dialects.includes('openai-chat'))

  test.each(spoken.map((provider) => [provider.id, provider]))('%s', async (id, provider) => {
    const { baseUrl, endpoints } = provider
    const own = endpoints?.['openai-chat']
    const header = own?.credentialHeader ?? provider.credentialHeader
    const basePath = new URL(baseUrl ?? 'https://x.example/openai/v1').pathname.replace(/\/$/, '')
    await start(id, basePath, 'some/model-1')
    upstream.respond(json(200, answer))
    const response = await post('/v1/chat/completions', {
      model: `${id}:some/model-1`,
      messages,
      max_tokens: 9,
    })
    expect(response.status).toBe(200)
    const [call] = upstream.calls
    const path = own?.path({ model: 'some/model-1', stream: false }) ?? '/chat/completions'
    expect(call?.path).toBe(basePath + path)
    const [name, value] =
      header === 'bearer' ? ['authorization', 'Bearer sk-upstream'] : [header, 'sk-upstream']
    expect(call?.headers[name]).toBe(value)
    expect(JSON.stringify(call?.headers)).not.toContain(token)
    expect(call?.json()).toMatchObject({ model: 'some/model-1', messages })
    expect((await settled())?.meta).toMatchObject({ provider: id, usage: { text_in: 10, text_out: 20 } })
  })
})

describe('what a provider streams is charged as it counts', () => {
  test.each([
    ['deepseek', 'deepseek/deepseek-reasoning', { text_in: 18, text_out: 219 }],
    ['deepseek', 'deepseek/deepseek-tool-call', { text_in: 19, cache_read: 320, text_out: 83 }],
    ['groq', 'groq/groq-tool-call', { text_in: 210, text_out: 15 }],
    ['mistral', 'mistral/mistral-incremental-tool-call', { text_in: 43, cache_read: 128, text_out: 14 }],
    ['xai', 'openai-compatible/xai-tool-call', { text_in: 1, cache_read: 306, text_out: 253 }],
    ['azure', 'openai/azure-model-router.1', { text_in: 15, text_out: 78 }],
  ])('%s: %s', async (id, file, usage) => {
    await start(id, '/v1', 'model-1')
    upstream.respond(stream(recording(`${file}.chunks.txt`).events))
    const response = await post('/v1/chat/completions', { model: `${id}:model-1`, messages, stream: true })
    expect(await response.text()).toContain('[DONE]')
    expect((await settled())?.meta).toMatchObject({ usage, usageSource: 'provider' })
    const sent = upstream.calls[0]?.json()
    expect(sent?.stream_options).toEqual(id === 'mistral' ? undefined : { include_usage: true })
  })
})

test('a provider that serves another dialect elsewhere is called there', async () => {
  await start('deepseek', '', 'deepseek-v4-pro')
  upstream.respond(
    json(200, { type: 'message', content: [], usage: { input_tokens: 3, output_tokens: 4 }, model: 'x' }),
  )
  const response = await post('/v1/messages', { model: 'deepseek:deepseek-v4-pro', messages, max_tokens: 9 })
  expect(response.status).toBe(200)
  const [call] = upstream.calls
  expect(call?.path).toBe('/anthropic/v1/messages')
  expect(call?.headers['x-api-key']).toBe('sk-upstream')
  expect(call?.headers).not.toHaveProperty('authorization')
})
