import { describe, expect, it } from 'vitest'
import { answerSandbox } from './sandbox.ts'

const say = (path: string, body: unknown) =>
  answerSandbox({ path, body: typeof body === 'string' ? body : JSON.stringify(body), id: 'x1', created: 7 })

const open = (path: string, body: unknown) => {
  const answer = say(path, body)
  if (answer.kind === 'stall') throw new Error('The sandbox stalled.')
  return { ...answer, text: [...answer.chunks].join('') }
}
const readJson = (path: string, body: unknown) => JSON.parse(open(path, body).text)
const events = (path: string, body: object) =>
  [...open(path, { ...body, stream: true }).text.matchAll(/^data: (.*)$/gm)]
    .map(([, data = '']) => data)
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data))

const user = (content: string) => [{ role: 'user', content }]
const paths = ['/v1/chat/completions', '/v1/responses', '/v1/messages'] as const
const bodyFor = (path: string, model: string, more: object = {}) =>
  path === '/v1/responses'
    ? { model, input: 'hello big world', ...more }
    : { model, messages: user('hello big world'), max_tokens: 2000, ...more }

describe('usage', () => {
  it('of Chat Completions streams is reported only on request', () => {
    const body = { model: 'echo', messages: user('hello big world') }
    expect(events('/chat/completions', body).some((chunk) => 'usage' in chunk)).toBe(false)
    const asked = events('/chat/completions', { ...body, stream_options: { include_usage: true } })
    expect(asked.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true)
    expect(asked.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 },
    })
  })

  it('of Messages starts with a placeholder and ends cumulative', () => {
    const seen = events('/messages', { model: 'fixed-100', messages: user('hi'), max_tokens: 999 })
    expect(seen[0].message.usage).toMatchObject({ input_tokens: 1, output_tokens: 1 })
    expect(seen.at(-2)).toMatchObject({
      type: 'message_delta',
      usage: { input_tokens: 1, output_tokens: 100 },
    })
  })

  it('of Responses comes with the last event, which numbers every event before it', () => {
    const seen = events('/responses', { model: 'fixed-1000', input: 'hi' })
    expect(seen.map((event) => event.sequence_number)).toEqual(seen.map((_, index) => index))
    expect(seen.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { usage: { input_tokens: 1, output_tokens: 1000, total_tokens: 1001 } },
    })
  })

  it('is the same in JSON, and free to count beforehand', () => {
    expect(readJson('/messages', bodyFor('', 'echo')).usage).toMatchObject({
      input_tokens: 3,
      output_tokens: 3,
    })
    expect(readJson('/messages/count_tokens?beta=true', bodyFor('', 'echo'))).toEqual({ input_tokens: 3 })
  })
})

describe('an output limit', () => {
  it.each([
    ['/v1/chat/completions', { max_completion_tokens: 2, max_tokens: undefined }],
    ['/v1/responses', { max_output_tokens: 2 }],
    ['/v1/messages', { max_tokens: 2 }],
  ])('of the client is kept on %s', (path, limit) => {
    const answer = JSON.stringify(readJson(path, bodyFor(path, 'echo', limit)))
    expect(answer).toContain('"hello big"')
    expect(answer).toMatch(/"finish_reason":"length"|"stop_reason":"max_tokens"|"status":"incomplete"/)
  })

  it('cuts a tool call too, and leaves no broken arguments behind', () => {
    const tools = [{ name: 'f', input_schema: { properties: { a: {} }, required: ['a'] } }]
    const answer = readJson('/messages', { model: 'tools', messages: user('x'), max_tokens: 2, tools })
    expect(answer).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 2 } })
    expect(answer.content).toMatchObject([{ type: 'tool_use', input: {} }])
  })
})

describe('a failure', () => {
  it.each(paths)('before the answer has the words of %s', (path) => {
    const limited = open(path, bodyFor(path, 'fail-429'))
    expect(limited).toMatchObject({ status: 429, headers: { 'retry-after-ms': '500' } })
    const anthropic = path === '/v1/messages'
    expect('type' in JSON.parse(limited.text)).toBe(anthropic)
    expect(open(path, bodyFor(path, 'fail-500')).status).toBe(500)
    expect(open(path, bodyFor(path, 'fail-midstream')).status).toBe(anthropic ? 529 : 503)
    expect(say(path, bodyFor(path, 'fail-stall'))).toEqual({ kind: 'stall' })
  })

  it.each(paths)('within the stream of %s is an error frame and no proper end', (path) => {
    const { text, ending } = open(path, bodyFor(path, 'fail-midstream', { stream: true }))
    expect(text).toMatch(/"type":"(server_error|overloaded_error)"/)
    expect(text).toContain('Pay')
    expect(text).not.toMatch(/\[DONE\]|message_stop|response\.completed/)
    expect(ending).toBe('end')
  })

  it.each(paths)('of the connection leaves %s with half an answer', (path) => {
    const streamed = open(path, bodyFor(path, 'fail-cut', { stream: true }))
    expect(streamed.text).toContain('Pay')
    expect(streamed.text).not.toMatch(/\[DONE\]|message_stop|response\.completed|"error":\{/)
    const whole = open(path, bodyFor(path, 'fail-cut'))
    expect([streamed.ending, whole.ending]).toEqual(['cut', 'cut'])
    expect(() => JSON.parse(whole.text)).toThrow()
  })

  it.each([
    ['an unknown model', '/v1/chat/completions', { model: 'fixed-5' }, 404],
    ['an unknown path', '/v1/images', { model: 'echo' }, 404],
    ['a broken body', '/v1/messages', '{', 400],
    ['no body', '/v1/messages', '', 400],
    ['no model', '/v1/messages', [], 400],
    ['no limit', '/v1/messages', { model: 'echo', messages: user('x') }, 400],
    ['text of the vector model', '/v1/responses', { model: 'embed', input: 'x' }, 400],
    ['vectors of a text model', '/v1/embeddings', { model: 'echo', input: 'x' }, 400],
  ])('answers %s', (...[, path, body, status]) => {
    expect(open(path, body).status).toBe(status)
  })
})

describe('embeddings', () => {
  const embed = (more: object) => readJson('/v1/embeddings', { model: 'embed', ...more })

  it('are the same for the same text, different for another, and of length 1', () => {
    const { data, usage } = embed({ input: ['one text', 'another', 'one text'] })
    expect(data[0].embedding).toEqual(data[2].embedding)
    expect(data[0].embedding).not.toEqual(data[1].embedding)
    expect(Math.hypot(...data[0].embedding)).toBeCloseTo(1, 5)
    expect(usage).toEqual({ prompt_tokens: 5, total_tokens: 5 })
  })

  it('T41 hold the same numbers as floats and as base64, in the dimensions asked for', () => {
    const [floats] = embed({ input: 'x', dimensions: 12 }).data
    const [packed] = embed({ input: 'x', dimensions: 12, encoding_format: 'base64' }).data
    const bytes = Buffer.from(packed.embedding, 'base64')
    expect(Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))).toEqual(
      floats.embedding,
    )
    expect(floats.embedding).toHaveLength(12)
  })

  it('take token ids as well', () => {
    expect(embed({ input: [1, 2, 3] }).usage.prompt_tokens).toBe(3)
    expect(embed({ input: [[1, 2], [3]] }).data).toHaveLength(2)
  })
})
