import Anthropic from '@anthropic-ai/sdk'
import { createGateway, type Gateway, type ProviderOptions } from '@tollgate/core'
import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import { type Answer, json } from '../upstream/answer.ts'
import { type AwsEvent, awsStream } from '../upstream/aws-events.ts'
import { expectedAuthorization } from '../upstream/aws-signature.ts'
import { type RecordedCall, startUpstream, type Upstream } from '../upstream/upstream.ts'

const region = 'eu-central-1'
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const claude = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'
const price = {
  input: '3',
  output: '15',
  cachedInput: '0.3',
  cacheWrite: '3.75',
  cacheWrite1h: '6',
}

let upstream: Upstream
let gateway: Gateway
let openai: OpenAI
let anthropic: Anthropic
let token: string
let logged: string[]

async function start(options: ProviderOptions = { aws: { region, credentials: keys } }, answer?: Answer) {
  upstream = await startUpstream(answer)
  logged = []
  const note = (...shown: unknown[]) => void logged.push(JSON.stringify(shown))
  gateway = createGateway({
    store: 'memory:',
    logger: { info: note, warn: note, error: note },
    secret: 'sixteen letters and more',
    providers: { bedrock: { baseUrl: upstream.url, models: { [claude]: { price } }, ...options } },
  })
  await gateway.credits.grant({ account: 'acme', amount: '100', reference: 'start' })
  token = (await gateway.keys.create({ account: 'acme' })).token
  const client = { apiKey: token, fetch: gateway.fetch, maxRetries: 0 }
  openai = new OpenAI({ baseURL: 'http://gateway/v1', ...client })
  anthropic = new Anthropic({ baseURL: 'http://gateway', ...client })
}

afterEach(async () => {
  await gateway.close()
  await upstream.close()
})

async function settled() {
  for (let tries = 0; tries < 200; tries += 1) {
    for await (const row of gateway.credits.ledger('acme')) if (row.op === 'settle') return row
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('nothing was settled')
}

/** What the call carries and what it should. */
function signatures(call: RecordedCall | undefined, by = keys) {
  if (!call) throw new Error('nothing was sent')
  return [call.headers.authorization, expectedAuthorization(call, by, { region, service: 'bedrock' })]
}

const messages = [{ role: 'user', content: 'Grüße' }] as const
const usage = {
  inputTokens: 1000,
  outputTokens: 200,
  totalTokens: 1800,
  cacheReadInputTokens: 500,
  cacheWriteInputTokens: 100,
  cacheDetails: [{ ttl: '1h', inputTokens: 40 }],
}
// 1000 at 3, 500 at 0.3, 60 at 3.75, 40 at 6, 200 at 15, and 1800 at 0.05 of fee.
const charge = '0.006705000'
const answer = {
  output: { message: { role: 'assistant', content: [{ text: 'Hallo 🌍' }] } },
  stopReason: 'end_turn',
  usage,
  metrics: { latencyMs: 1 },
}
const text = (piece: string): AwsEvent => [
  'contentBlockDelta',
  { delta: { text: piece }, contentBlockIndex: 0 },
]
const events: readonly AwsEvent[] = [
  ['messageStart', { role: 'assistant' }],
  text('Hallo '),
  text('🌍'),
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['messageStop', { stopReason: 'end_turn' }],
  ['metadata', { usage, metrics: { latencyMs: 1 } }],
]

describe('a Chat client', () => {
  test('gets an answer of Bedrock, by a signed request, for its exact price', async () => {
    await start(undefined, json(200, answer))
    const completion = await openai.chat.completions.create({
      model: `bedrock:${claude}`,
      messages: [...messages],
    })
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'Hallo 🌍' } })
    expect(completion.usage).toMatchObject({ prompt_tokens: 1600, completion_tokens: 200 })
    const [call] = upstream.calls
    expect(call?.path).toBe('/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse')
    expect(call?.json()).not.toHaveProperty('model')
    const [sent, expected] = signatures(call)
    expect(sent).toBe(expected)
    expect(JSON.stringify(call?.headers)).not.toContain(token)
    const { amount, meta } = await settled()
    expect(amount).toBe(charge)
    expect(meta).toMatchObject({
      provider: 'bedrock',
      usageSource: 'provider',
      usage: { text_in: 1000, cache_read: 500, cache_write_5m: 60, cache_write_1h: 40, text_out: 200 },
    })
  })

  test.each(['event', 'byte', 'whole'] as const)('gets its stream as it comes, sent by %s', async (split) => {
    await start(undefined, awsStream(events, { split }))
    const stream = await openai.chat.completions.create({
      model: claude,
      messages: [...messages],
      stream: true,
      stream_options: { include_usage: true },
    })
    let said = ''
    let last: unknown
    for await (const { choices, usage: counted } of stream) {
      said += choices[0]?.delta.content ?? ''
      last = counted ?? last
    }
    expect([said, last]).toMatchObject(['Hallo 🌍', { prompt_tokens: 1600, completion_tokens: 200 }])
    expect(upstream.calls[0]?.path).toContain('/converse-stream')
    const [sent, expected] = signatures(upstream.calls[0])
    expect(sent).toBe(expected)
    expect((await settled()).amount).toBe(charge)
  })

  test('may name a model by its ARN, which is signed as it is sent', async () => {
    const arn = `arn:aws:bedrock:eu-central-1:123456789012:inference-profile/${claude}`
    await start(
      { aws: { region, credentials: keys }, models: { profile: { upstreamId: arn, price } } },
      json(200, answer),
    )
    await openai.chat.completions.create({ model: 'profile', messages: [...messages] })
    expect(upstream.calls[0]?.path).toBe(`/model/${encodeURIComponent(arn)}/converse`)
    const [sent, expected] = signatures(upstream.calls[0])
    expect(sent).toBe(expected)
  })

  test('thinks, calls a tool and goes on, with the signature that Bedrock wants to see again', async () => {
    const content = [
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'sig==' } } },
      { toolUse: { toolUseId: 'tooluse_1', name: 'weather', input: { city: 'Rome' } } },
    ]
    await start(
      undefined,
      json(200, { ...answer, output: { message: { role: 'assistant', content } }, stopReason: 'tool_use' }),
    )
    const tools = [
      { type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } },
    ]
    const ask = (more: readonly OpenAI.ChatCompletionMessageParam[]) =>
      openai.chat.completions.create({
        model: claude,
        messages: [...messages, ...more],
        tools,
        reasoning_effort: 'low',
      })
    const first = await ask([])
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    const message = first.choices[0]?.message as OpenAI.ChatCompletionMessage
    upstream.respond(json(200, answer))
    const second = await ask([message, { role: 'tool', tool_call_id: 'tooluse_1', content: 'Sun' }])
    expect(second.choices[0]?.message.content).toBe('Hallo 🌍')
    const body = upstream.calls[1]?.json()
    expect(body?.additionalModelRequestFields).toMatchObject({ thinking: { type: 'enabled' } })
    expect(body?.messages).toMatchObject([
      {},
      { role: 'assistant', content },
      { role: 'user', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ text: 'Sun' }] } }] },
    ])
  })
})

test('a Messages client gets a stream in its own words', async () => {
  await start(undefined, awsStream(events))
  const stream = anthropic.messages.stream({ model: claude, max_tokens: 500, messages: [...messages] })
  const message = await stream.finalMessage()
  expect(message.content).toMatchObject([{ type: 'text', text: 'Hallo 🌍' }])
  expect(message.usage).toMatchObject({ output_tokens: 200, cache_read_input_tokens: 500 })
  expect((await settled()).amount).toBe(charge)
})

test('a Gemini client gets a stream', async () => {
  await start(undefined, awsStream(events))
  const answered = await gateway.fetch(
    `http://gateway/v1beta/models/${claude}:streamGenerateContent?alt=sse`,
    {
      method: 'POST',
      headers: { 'x-goog-api-key': token },
      body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Grüße' }] }] }),
    },
  )
  const told = await answered.text()
  expect(told).toContain('"text":"Hallo "')
  expect(told).toContain('"finishReason":"STOP"')
  expect((await settled()).amount).toBe(charge)
})

test('a Responses client gets an answer', async () => {
  await start(undefined, json(200, answer))
  const response = await openai.responses.create({ model: claude, input: 'Grüße', store: false })
  expect(response.output_text).toBe('Hallo 🌍')
  expect((await settled()).amount).toBe(charge)
})

describe('credentials', () => {
  const role = (count: number) => ({ ...keys, accessKeyId: `ASIA${count}`, sessionToken: `token-${count}` })
  const roles = (lifetime: number) => {
    let asked = 0
    return async () => ({ ...role(++asked), expiration: new Date(Date.now() + lifetime) })
  }
  const ask = () => openai.chat.completions.create({ model: claude, messages: [...messages] })

  test('of a role come from a function, once for a hundred calls', async () => {
    await start({ aws: { region, credentials: roles(3_600_000) } }, json(200, answer))
    await Promise.all(Array.from({ length: 100 }, ask))
    expect(new Set(upstream.calls.map(({ headers }) => headers['x-amz-security-token']))).toEqual(
      new Set(['token-1']),
    )
    const [sent, expected] = signatures(upstream.calls[0], role(1))
    expect(sent).toBe(expected)
  })

  test('of a role are asked for again when they end', async () => {
    await start({ aws: { region, credentials: roles(10_000) } }, json(200, answer))
    for (const count of [1, 2, 3]) {
      await ask()
      const [sent, expected] = signatures(upstream.calls.at(-1), role(count))
      expect(sent).toBe(expected)
    }
  })

  test('that the function does not give are an error of the gateway, and cost nothing', async () => {
    const credentials = () => Promise.reject(new Error('The instance has no role.'))
    await start({ aws: { region, credentials } }, json(200, answer))
    for (const stream of [false, true]) {
      const asked = openai.chat.completions.create({ model: claude, messages: [...messages], stream })
      await expect(asked).rejects.toMatchObject({ status: 502, code: 'upstream_auth_error' })
    }
    expect(logged.filter((line) => line.includes('The instance has no role.'))).toHaveLength(2)
    expect(upstream.calls).toHaveLength(0)
    expect(await gateway.credits.balance('acme')).toMatchObject({ held: '0.000000000', spent: '0.000000000' })
  })

  test('may be a key of Bedrock’s own, which signs nothing', async () => {
    await start({ apiKey: 'bedrock-api-key-x' }, json(200, answer))
    await openai.chat.completions.create({ model: claude, messages: [...messages] })
    const headers = upstream.calls[0]?.headers
    expect(headers?.authorization).toBe('Bearer bedrock-api-key-x')
    expect(headers).not.toHaveProperty('x-amz-date')
  })

  test('of the account win over those of the operator', async () => {
    await start(undefined, awsStream(events))
    await gateway.providerKeys.create({
      account: 'acme',
      provider: 'bedrock',
      name: 'ours',
      value: 'bedrock-own',
    })
    await (await openai.chat.completions.create({ model: claude, messages: [...messages], stream: true }))
      .toReadableStream()
      .cancel()
    expect(upstream.calls[0]?.headers.authorization).toBe('Bearer bedrock-own')
    expect(upstream.calls[0]?.headers).not.toHaveProperty('x-amz-date')
  })

  test('of AWS are repeated to nobody', async () => {
    const credentials = { ...keys, sessionToken: 'CANARY-session-token' }
    await start({ aws: { region, credentials } })
    upstream.respond((call) =>
      json(
        400,
        { message: `Bad: ${JSON.stringify(call.headers)}` },
        { headers: { 'x-amzn-errortype': 'ValidationException:' } },
      ),
    )
    const refused = await openai.chat.completions
      .create({ model: claude, messages: [...messages] })
      .catch(String)
    expect(refused).toContain('Bad: ')
    expect(refused).toContain('[redacted]')
    expect(refused + logged.join()).not.toContain('CANARY')
  })
})

describe('errors', () => {
  const refuse = (status: number, type: string, message = 'Words.') =>
    json(status, { message }, { headers: { 'x-amzn-errortype': `${type}:http://internal.amazon.com/` } })

  test.each([
    [refuse(400, 'ValidationException'), 400, 'Words.'],
    [refuse(404, 'ResourceNotFoundException'), 404, 'Words.'],
    [refuse(403, 'AccessDeniedException', 'arn:aws:iam::123'), 502, 'refused the gateway'],
    [refuse(400, 'ExpiredTokenException', 'arn:aws:iam::123'), 502, 'refused the gateway'],
    [refuse(400, 'ServiceQuotaExceededException', 'arn:aws:iam::123'), 502, 'no quota left'],
    [refuse(429, 'ThrottlingException'), 429, 'Rate limit'],
    [refuse(424, 'ModelErrorException'), 502, 'failed with status'],
    [refuse(408, 'ModelTimeoutException'), 504, 'failed with status'],
    [refuse(503, 'ServiceUnavailableException'), 503, 'failed with status'],
    [
      json(400, { __type: 'com.amazon.coral.validate#ValidationException', message: 'Words.' }),
      400,
      'Words.',
    ],
  ])('are told in the words of clients (%#)', async (given, status, words) => {
    await start(undefined, given)
    const asked = openai.chat.completions.create({ model: claude, messages: [...messages] })
    const error = await asked.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status, message: expect.stringContaining(words) })
    expect(String(error)).not.toContain('arn:aws')
    expect((await gateway.credits.balance('acme')).spent).toBe('0.000000000')
  })

  test('before the first event of a stream are a status', async () => {
    await start(undefined, awsStream([['throttlingException', { message: 'Slow down.' }]]))
    const asked = openai.chat.completions.create({ model: claude, messages: [...messages], stream: true })
    await expect(asked).rejects.toMatchObject({ status: 429 })
    expect((await gateway.credits.balance('acme')).spent).toBe('0.000000000')
  })

  test.each([
    [
      'says that it fails',
      awsStream([...events.slice(0, 3), ['modelStreamErrorException', { message: 'Sorry.' }]]),
    ],
    ['is cut', awsStream(events, { cutAfter: 3 })],
    [
      'ends within an event',
      { ...awsStream([]), events: [Buffer.from(awsBytes(3)), Buffer.from(awsBytes(4).subarray(-20, -5))] },
    ],
    ['is damaged', { ...awsStream([]), events: [Buffer.from(awsBytes(3)), Buffer.from('no frame at all')] }],
  ])('within a stream that %s are an error frame behind what came, which is charged', async (_, given) => {
    await start(undefined, given)
    const stream = await openai.chat.completions.create({
      model: claude,
      messages: [...messages],
      stream: true,
    })
    let said = ''
    const read = async () => {
      for await (const { choices } of stream) said += choices[0]?.delta.content ?? ''
    }
    await expect(read()).rejects.toThrow()
    expect(said).toBe('Hallo 🌍')
    expect((await settled()).meta).toMatchObject({ usageSource: 'estimated' })
  })
})

/** The stream's first events as they are sent. */
function awsBytes(count: number): Buffer {
  return Buffer.concat([...(awsStream(events.slice(0, count)).events as Uint8Array[])])
}
