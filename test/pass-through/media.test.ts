import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hosts } from '../adapters/servers.ts'
import { json, stream } from '../upstream/answer.ts'
import { type PassBench, startPassBench } from './bench.ts'

/** What no text is. */
const sound = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256))

const mounted = hosts.filter(({ parses }) => parses !== 'value')

describe.each(mounted)('pictures, speech and recordings, through $name', (host) => {
  let bench: PassBench
  let settled = 0
  beforeAll(async () => {
    bench = await startPassBench(host)
  })
  afterAll(() => bench.stop())
  beforeEach(async () => {
    bench.upstream.respond()
    bench.upstream.calls.length = 0
    settled = (await bench.rows('acme', 0)).length
  })
  const newRow = async () => (await bench.rows('acme', settled + 1)).slice(settled)

  test('pictures are charged by the tokens that the answer reports', async () => {
    const picture = Buffer.alloc(300_000, 7).toString('base64')
    const usage = {
      input_tokens: 60,
      input_tokens_details: { text_tokens: 50, image_tokens: 10 },
      output_tokens: 272,
      total_tokens: 332,
    }
    bench.upstream.respond(json(200, { created: 1, data: [{ b64_json: picture }], usage }))
    const { data } = await bench.openai.images.generate({
      model: 'openai:gpt-image-1',
      prompt: 'a cat',
      quality: 'low',
    })
    expect(data?.[0]?.b64_json).toBe(picture)
    const [call] = bench.upstream.calls
    expect(call?.path).toBe('/v1/images/generations')
    expect(call?.json()).toEqual({ model: 'gpt-image-1', prompt: 'a cat', quality: 'low' })
    expect(call?.headers.authorization).toBe('Bearer sk-upstream')
    // 50 at $5, 10 at $10, 272 at $40 a million, and 332 at the fee's $0.05.
    expect(await newRow()).toEqual([
      {
        amount: '0.011246600',
        dialect: 'openai-images',
        usage: { text_in: 50, image_in: 10, image_out: 272 },
        source: 'provider',
        status: 'succeeded',
        credential: 'managed',
        model: 'gpt-image-1',
      },
    ])
  })

  test('pictures in a stream: events arrive as they are, and the last usage counts', async () => {
    const usage = { input_tokens: 50, output_tokens: 272 }
    const events = [
      `event: image_generation.partial_image\ndata: ${JSON.stringify({ type: 'image_generation.partial_image', b64_json: 'AAAA'.repeat(9000) })}\n\n`,
      `event: image_generation.completed\ndata: ${JSON.stringify({ type: 'image_generation.completed', b64_json: 'BB"B', usage })}\n\n`,
    ]
    bench.upstream.respond(stream(events))
    const answer = await bench.openai.images.generate({ model: 'gpt-image-1', prompt: 'a cat', stream: true })
    const seen: string[] = []
    for await (const event of answer) seen.push(event.type)
    expect(seen).toEqual(['image_generation.partial_image', 'image_generation.completed'])
    expect(await newRow()).toMatchObject([
      { amount: '0.011146100', usage: { text_in: 50, image_out: 272 }, status: 'succeeded' },
    ])
  })

  test('speech is bytes, charged by the text that was spoken', async () => {
    bench.upstream.respond({
      kind: 'body',
      status: 200,
      headers: { 'content-type': 'audio/mpeg' },
      body: sound,
    })
    const answer = await bench.openai.audio.speech.create({
      model: 'gpt-4o-mini-tts',
      voice: 'alloy',
      input: 'hello big world',
    })
    expect(answer.headers.get('content-type')).toBe('audio/mpeg')
    expect(Buffer.from(await answer.arrayBuffer()).equals(sound)).toBe(true)
    // 15 letters: 5 tokens in at $0.60, 21 of sound at $12 a million, and 26 at the fee's $0.05.
    expect(await newRow()).toMatchObject([
      { amount: '0.000256300', usage: { text_in: 5, audio_out: 21 }, source: 'estimated' },
    ])
  })

  test('speech as events is charged by its usage', async () => {
    bench.upstream.respond(
      stream([
        'data: {"type":"speech.audio.delta","audio":"AAAA"}\n\n',
        'data: {"type":"speech.audio.done","usage":{"input_tokens":4,"output_tokens":30,"total_tokens":34}}\n\n',
      ]),
    )
    const answer = await bench.openai.audio.speech.create({
      model: 'gpt-4o-mini-tts',
      voice: 'alloy',
      input: 'hello big world',
      stream_format: 'sse',
    })
    expect(await answer.text()).toContain('speech.audio.done')
    expect(await newRow()).toMatchObject([
      { amount: '0.000364100', usage: { text_in: 4, audio_out: 30 }, source: 'provider' },
    ])
  })

  test('recordings are charged by the second, with the file in front of its model', async () => {
    bench.upstream.respond(json(200, { text: 'hello', usage: { type: 'duration', seconds: 7.2 } }))
    const folder = await mkdtemp(join(tmpdir(), 'recording-'))
    await writeFile(join(folder, 'hello.wav'), sound)
    const { text } = await bench.openai.audio.transcriptions.create({
      file: createReadStream(join(folder, 'hello.wav')),
      model: 'openai:whisper-1',
    })
    await rm(folder, { recursive: true })
    expect(text).toBe('hello')
    const form = await formOf(bench.upstream.calls[0])
    expect(form.get('model')).toBe('whisper-1')
    expect(Buffer.from(await (form.get('file') as File).arrayBuffer()).equals(sound)).toBe(true)
    // Eight seconds at $0.0001; the fee is on tokens.
    expect(await newRow()).toMatchObject([{ amount: '0.000800000', usage: { seconds_in: 8 } }])
  })

  test('recordings are charged by the token, with the model in front of the file', async () => {
    const usage = {
      type: 'tokens',
      input_tokens: 74,
      input_token_details: { text_tokens: 4, audio_tokens: 70 },
      output_tokens: 9,
      total_tokens: 83,
    }
    bench.upstream.respond(json(200, { text: 'hello', usage }))
    await bench.openai.audio.transcriptions.create({
      model: 'openai:gpt-4o-transcribe',
      file: await toFile(sound, 'hello.wav'),
      response_format: 'json',
    })
    const [call] = bench.upstream.calls
    const form = await formOf(call)
    expect([form.get('model'), form.get('response_format')]).toEqual(['gpt-4o-transcribe', 'json'])
    expect(Buffer.from(await (form.get('file') as File).arrayBuffer()).equals(sound)).toBe(true)
    expect(call?.headers.authorization).toBe('Bearer sk-upstream')
    // 4 at $2.50, 70 at $6, 9 at $10 a million, and 83 at $0.05.
    expect(await newRow()).toMatchObject([
      { amount: '0.000524150', usage: { text_in: 4, audio_in: 70, text_out: 9 } },
    ])
  })

  test('translations are charged by the duration that their longest form tells', async () => {
    bench.upstream.respond(json(200, { task: 'translate', language: 'german', duration: 3.4, text: 'hello' }))
    await bench.openai.audio.translations.create({
      file: await toFile(sound, 'hallo.wav'),
      model: 'whisper-1',
      response_format: 'verbose_json',
    })
    expect(await newRow()).toMatchObject([{ amount: '0.000400000', usage: { seconds_in: 4 } }])
  })

  test('edited pictures are charged, those that were sent among them', async () => {
    const usage = {
      input_tokens: 400,
      input_tokens_details: { text_tokens: 20, image_tokens: 380 },
      output_tokens: 1056,
    }
    bench.upstream.respond(json(200, { data: [{ b64_json: 'AAAA' }], usage }))
    await bench.openai.images.edit({
      model: 'gpt-image-1',
      image: [await toFile(sound, 'a.png'), await toFile(sound, 'b.png')],
      prompt: 'a hat',
      quality: 'medium',
    })
    const form = await formOf(bench.upstream.calls[0])
    expect(form.getAll('image[]')).toHaveLength(2)
    // 20 at $5, 380 at $10, 1,056 at $40 a million, and 1,456 at $0.05.
    expect(await newRow()).toMatchObject([{ amount: '0.046212800' }])
  })

  test('moderations leave a row of nothing', async () => {
    bench.upstream.respond(json(200, { id: 'modr-1', model: 'omni-moderation-latest', results: [] }))
    await bench.openai.moderations.create({ input: 'hello' })
    await bench.rows('acme', settled + 1)
    await bench.openai.moderations.create({ model: 'openai:omni-moderation-latest', input: 'hello' })
    expect(bench.upstream.calls.map((call) => call.json())).toEqual([
      { input: 'hello' },
      { input: 'hello', model: 'omni-moderation-latest' },
    ])
    const rows = (await bench.rows('acme', settled + 2)).slice(settled)
    expect(rows).toMatchObject([
      { amount: '0.000000000', model: 'omni-moderation-latest', credential: 'managed' },
      { amount: '0.000000000', model: 'omni-moderation-latest' },
    ])
  })

  test('on an own key only the fee is charged, for models without a price as well', async () => {
    const before = (await bench.rows('owner', 0)).length
    await bench.gateway.credits.grant({ account: 'owner', amount: '1.00', reference: 'fees' })
    const usage = { input_tokens: 50, output_tokens: 272 }
    bench.upstream.respond(json(200, { data: [{ url: 'https://x.example/1.png' }], usage }))
    await bench.own.images.generate({ model: 'dall-e-3', prompt: 'a cat' })
    expect(bench.upstream.calls[0]?.headers.authorization).toBe('Bearer sk-owners-own')
    const rows = await bench.rows('owner', before + 1)
    expect(rows.slice(before)).toMatchObject([
      { amount: '0.000016100', credential: 'own', model: 'dall-e-3' },
    ])
  })

  test('what credits cannot measure is refused before anything is sent', async () => {
    const file = await toFile(sound, 'a.wav')
    const refusals: [() => Promise<unknown>, number][] = [
      [() => bench.openai.images.generate({ model: 'dall-e-3', prompt: 'a cat' }), 403],
      [() => bench.openai.images.generate({ prompt: 'a cat' }), 400],
      [
        () => bench.openai.images.generate({ model: 'gpt-image-1', prompt: 'a cat', n: 2, stream: true }),
        400,
      ],
      [() => bench.openai.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'hello' }), 403],
      [() => bench.openai.audio.speech.create({ model: 'gpt-4o', voice: 'alloy', input: 'hello' }), 400],
      [
        () =>
          bench.openai.audio.transcriptions.create({
            file,
            model: 'whisper-1',
            response_format: 'srt',
          }),
        400,
      ],
      [() => bench.openai.audio.translations.create({ file, model: 'whisper-1' }), 400],
      [() => bench.openai.images.generate({ model: 'anthropic:claude-opus-5', prompt: 'a cat' }), 400],
    ]
    for (const [refused, status] of refusals) {
      const error = await refused().then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(error).toBeInstanceOf(OpenAI.APIError)
      expect((error as InstanceType<typeof OpenAI.APIError>).status).toBe(status)
    }
    expect(bench.upstream.calls).toEqual([])
    expect(await bench.rows('acme', 0)).toHaveLength(settled)
  })

  test('what a call could cost is held before it is sent', async () => {
    const { token } = await bench.gateway.keys.create({ account: 'poor' })
    await bench.gateway.credits.grant({ account: 'poor', amount: '0.20', reference: 'little' })
    const ask = (quality: string) =>
      bench.fetch(`${bench.url}/v1/images/generations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-image-1', prompt: 'a cat', quality }),
      })
    expect((await ask('high')).status).toBe(402)
    expect(bench.upstream.calls).toEqual([])
    bench.upstream.respond(json(200, { data: [], usage: { input_tokens: 5, output_tokens: 272 } }))
    expect((await ask('low')).status).toBe(200)
  })
})

async function formOf(call: PassBench['upstream']['calls'][number] | undefined): Promise<FormData> {
  const type = String(call?.headers['content-type'])
  return await new Response(new Uint8Array(call?.body ?? []), {
    headers: { 'content-type': type },
  }).formData()
}
