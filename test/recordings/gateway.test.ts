import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stream } from '../upstream/answer.ts'
import type { WireDialect } from '../upstream/wire.ts'
import { type RecordedAnswer, recordedAnswers } from './answers.ts'
import { type Access, clients, iterations, NoEnd, type Shown, words } from './clients.ts'
import { numberOf, objectOf, type ReadUsage } from './reading.ts'
import { createRandom, shatter } from './shatter.ts'
import { type Stage, startStage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

const dialects = Object.keys(clients) as WireDialect[]
/** Of every test, so that each can be run alone. */
const seed = 20_261_125
/** Answers that come to an end, for clients of every dialect. */
const whole = recordedAnswers.filter(({ reading }) => reading.reason !== undefined && !reading.isSpliced)
const foreign = (answer: RecordedAnswer) => dialects.filter((client) => client !== answer.dialect)

async function ask(
  client: WireDialect,
  { dialect }: RecordedAnswer,
  pieces: Iterable<string | Uint8Array>,
): Promise<Shown> {
  stage.upstream.respond(stream(pieces))
  return clients[client](stage.access(dialect))
}

/** In the words of a client's dialect, as far as the recording tells. */
function expected({ reading }: RecordedAnswer, client: WireDialect) {
  const { text, calls, reason, usage } = reading
  return { text, calls, reason: reason && words[client][reason], ...(usage && { usage }) }
}

/** What was charged. */
async function charged(): Promise<ReadUsage> {
  const usage = objectOf((await stage.settled())?.meta?.usage)
  const count = (name: string) => numberOf(usage[name])
  const written = ['cache_write', 'cache_write_5m', 'cache_write_1h'].map(count)
  const cached = count('cache_read')
  const input = written.reduce((sum, tokens) => sum + tokens, count('text_in') + cached)
  return { input, cached, output: count('text_out') }
}

describe.each(whole.map((answer) => ({ answer, name: answer.name })))('$name', ({ answer }) => {
  test.each(foreign(answer))(
    'is the same for the official client of %s, however its bytes arrive',
    async (client) => {
      const random = createRandom(seed)
      const crlf = answer.pieces.join('').replaceAll('\n', '\r\n')
      for (const pieces of [
        answer.pieces,
        shatter(crlf, 40, random),
        shatter(answer.pieces.join(''), 40, random),
      ]) {
        expect(await ask(client, answer, pieces)).toMatchObject(expected(answer, client))
        if (answer.reading.usage !== undefined) expect(await charged()).toEqual(answer.reading.usage)
        else expect((await charged()).output).toBeGreaterThan(0)
      }
    },
  )

  test('is byte for byte the same for a client of its own dialect, and charged to the token', async () => {
    const wire = answer.pieces.join('')
    stage.upstream.respond(stream(shatter(wire, 40, createRandom(seed))))
    expect(await relayed(stage.access(answer.dialect), answer.dialect)).toBe(wire)
    if (answer.reading.usage !== undefined) expect(await charged()).toEqual(answer.reading.usage)
  })

  test.each(dialects)('cut off, it is an error for the official client of %s', async (client) => {
    const { endsAt } = answer.reading
    const places = new Set([0, 1, Math.floor(createRandom(seed + endsAt)() * (endsAt + 1)), endsAt])
    for (const place of [...places].filter((count) => count <= endsAt)) {
      const pieces = answer.pieces.slice(0, place)
      for (const options of [{}, { cutAfter: place }]) {
        stage.upstream.respond(stream(pieces, options))
        const read = iterations[client](stage.access(answer.dialect))
        const error = await read.catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(Error)
        expect(error).not.toBeInstanceOf(NoEnd)
        await stage.settled()
      }
    }
  })
})

describe.each(recordedAnswers.filter((answer) => !whole.includes(answer)))('$name', (answer) => {
  test.each(foreign(answer))('is an error for the official client of %s', async (client) => {
    stage.upstream.respond(stream(answer.pieces))
    const read = iterations[client](stage.access(answer.dialect))
    const error = await read.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(NoEnd)
  })
})

const bodies: Readonly<Record<WireDialect, (model: string) => readonly [string, object]>> = {
  'openai-chat': (model) => [
    '/v1/chat/completions',
    {
      model,
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'hi' }],
    },
  ],
  'openai-responses': (model) => ['/v1/responses', { model, stream: true, input: 'hi' }],
  'anthropic-messages': (model) => [
    '/v1/messages',
    { model, stream: true, max_tokens: 1000, messages: [{ role: 'user', content: 'hi' }] },
  ],
  'google-gemini': (model) => [
    `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
  ],
}

/** What a client of the provider's own dialect gets, as it is. */
async function relayed({ fetch, url, token, model }: Access, dialect: WireDialect): Promise<string> {
  const [path, body] = bodies[dialect](model)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return response.text()
}
