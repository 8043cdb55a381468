import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hang } from '../upstream/answer.ts'
import { cost, type Scene, startScene } from './scene.ts'

let scene: Scene
beforeEach(async () => {
  scene = await startScene()
})
afterEach(() => scene.close())

const model = 'gpt-4o'
const charged = cost(100, 20)
const background = { model, input: 'hi', background: true } as const

const amounts = async () => (await scene.rows()).map(({ amount }) => amount)
const settled = (count: number) => expect.poll(amounts).toHaveLength(count)
const untouched = async () => {
  expect(await scene.gateway.credits.balance('acme')).toMatchObject({ held: '0.000000000' })
  expect(await scene.gateway.credits.audit('acme')).toMatchObject({ ok: true })
}

describe('a response that is made in the background', () => {
  test('is polled to its end, and charged once, with all that a ledger row of a call says', async () => {
    const { responses } = scene.client()
    const made = await responses.create({ ...background, metadata: { a: 'b' } })
    expect(made.status).toBe('queued')
    expect(Number((await scene.gateway.credits.balance('acme')).held)).toBeGreaterThan(0)
    expect((await responses.retrieve(made.id)).status).toBe('queued')
    scene.provider.finish(made.id)
    expect((await responses.retrieve(made.id)).output_text).toBe('done')
    await settled(1)
    const [row] = await scene.rows()
    expect(row).toMatchObject({ amount: charged, meta: { provider: 'openai', model, requested: model } })
    expect(row?.meta).toMatchObject({ credential: 'managed', status: 'succeeded', streaming: false })
    expect(row?.meta?.accessKeyId).toEqual(expect.any(String))
    await untouched()
  })

  test('is charged once when it is read twenty times at once, and told of once', async () => {
    const told: string[] = []
    await scene.close()
    scene = await startScene({
      onUsage: ({ requestId }) => told.push(requestId),
      responses: { poll: 3_600_000 },
    })
    const { responses } = scene.client()
    const { id } = await responses.create(background)
    scene.provider.finish(id)
    const read = await Promise.all(Array.from({ length: 20 }, () => responses.retrieve(id)))
    expect(new Set(read.map(({ status }) => status))).toEqual(new Set(['completed']))
    await settled(1)
    await responses.retrieve(id)
    expect(await amounts()).toEqual([charged])
    expect(told).toHaveLength(1)
    await untouched()
  })

  test('is charged though nobody reads it', async () => {
    const { id } = await scene.client().responses.create(background)
    scene.provider.finish(id)
    await settled(1)
    expect(await amounts()).toEqual([charged])
    await untouched()
  })

  test('keeps its hold for longer than a hold lasts', async () => {
    await scene.close()
    scene = await startScene({ holds: { ttl: 1000 } })
    const { id } = await scene.client().responses.create(background)
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(Number((await scene.gateway.credits.balance('acme')).held)).toBeGreaterThan(0)
    expect(await scene.rows('expire')).toEqual([])
    scene.provider.finish(id)
    await settled(1)
    await untouched()
  })

  test('keeps it while its provider says nothing about it, and holds up no other', async () => {
    await scene.close()
    scene = await startScene({ holds: { ttl: 1000 } })
    const { responses } = scene.client()
    const silent = await responses.create(background)
    const other = await responses.create(background)
    scene.upstream.respond((call) => (call.path.endsWith(silent.id) ? hang : scene.provider.script(call)))
    await scene.upstream.nextCall()
    await new Promise((resolve) => setTimeout(resolve, 2500))
    scene.provider.finish(other.id)
    await settled(1)
    expect(await scene.rows('expire')).toEqual([])
    expect(Number((await scene.gateway.credits.balance('acme')).held)).toBeGreaterThan(0)
  })

  test('is cancelled, and costs what it had used until then', async () => {
    const { responses } = scene.client()
    const { id } = await responses.create(background)
    expect((await responses.cancel(id)).status).toBe('cancelled')
    await settled(1)
    expect(await scene.rows()).toMatchObject([{ amount: cost(100, 5), meta: { status: 'aborted' } }])
    await untouched()
  })

  test('that was cancelled without a word on usage is estimated by what it had written, and free without', async () => {
    const { responses } = scene.client()
    scene.provider.cancelled = { status: 'cancelled', usage: null, output: [] }
    await responses.cancel((await responses.create(background)).id)
    await expect.poll(() => scene.rows('release')).toHaveLength(1)
    scene.provider.cancelled = {
      status: 'cancelled',
      usage: null,
      output: [{ type: 'message', text: 'much' }],
    }
    await responses.cancel((await responses.create(background)).id)
    await settled(1)
    expect(await scene.rows()).toMatchObject([{ meta: { usageSource: 'estimated' } }])
    await untouched()
  })

  test('that failed is free, and one that its limit ended is not', async () => {
    const { responses } = scene.client()
    const failed = await responses.create(background)
    scene.provider.finish(failed.id, { status: 'failed', usage: null, output: [] })
    expect((await responses.retrieve(failed.id)).status).toBe('failed')
    await expect.poll(() => scene.rows('release')).toHaveLength(1)
    const { id } = await responses.create(background)
    scene.provider.finish(id, { status: 'incomplete' })
    await settled(1)
    await untouched()
  })

  test('is settled before it is deleted, and cancelled where it goes on', async () => {
    const { responses } = scene.client()
    const ended = await responses.create(background)
    scene.provider.finish(ended.id)
    await responses.delete(ended.id)
    expect(await amounts()).toEqual([charged])
    const running = await responses.create(background)
    await responses.delete(running.id)
    expect(await amounts()).toEqual([charged, cost(100, 5)])
    await expect(responses.retrieve(running.id)).rejects.toMatchObject({ status: 404 })
    await untouched()
  })

  test('that its provider has lost is given back, in the end', async () => {
    const { id } = await scene.client().responses.create(background)
    scene.provider.lose(id)
    await expect.poll(() => scene.rows('release'), { timeout: 5000 }).toHaveLength(1)
    await untouched()
  })

  test('on a provider key of one’s own costs the fee alone', async () => {
    await scene.gateway.providerKeys.create({
      account: 'acme',
      provider: 'openai',
      name: 'own',
      value: 'sk-own',
    })
    const { id } = await scene.client().responses.create(background)
    scene.provider.finish(id)
    await settled(1)
    expect(await amounts()).toEqual(['0.000006000'])
    expect(scene.upstream.calls.map(({ headers }) => headers.authorization)).not.toContain(
      'Bearer sk-operator',
    )
    await untouched()
  })
})

type Events = AsyncIterable<OpenAI.Responses.ResponseStreamEvent>

/** The types of events up to the one that has a number, and that number. */
async function take(events: Events, until: number): Promise<string[]> {
  const types: string[] = []
  for await (const event of events) {
    types.push(event.type)
    if (event.sequence_number >= until) break
  }
  return types
}

describe('a stream of a response that is made in the background', () => {
  test('is left, taken up again behind what was seen, and charged once at its end', async () => {
    const { responses } = scene.client()
    const events = await responses.create({ ...background, stream: true })
    expect(await take(events, 2)).toEqual(['response.created', 'response.queued', 'response.in_progress'])
    const [id = ''] = scene.provider.ids
    await expect.poll(() => scene.upstream.calls[0]?.aborted).toBe(true)
    expect((await responses.retrieve(id)).status).toBe('queued')
    expect(Number((await scene.gateway.credits.balance('acme')).held)).toBeGreaterThan(0)
    const rest = await responses.retrieve(id, { stream: true, starting_after: 2 })
    scene.provider.finish(id)
    expect(await take(rest, 9)).toEqual(['response.output_text.delta', 'response.completed'])
    await settled(1)
    expect(await scene.rows()).toMatchObject([
      { amount: charged, meta: { streaming: true, status: 'succeeded' } },
    ])
    await untouched()
  })

  test('is followed to its end by the one who asked, and charged once', async () => {
    const events = await scene.client().responses.create({ ...background, stream: true })
    setTimeout(() => scene.provider.finish(scene.provider.ids[0] ?? ''), 50)
    expect((await take(events, 9)).at(-1)).toBe('response.completed')
    await settled(1)
    expect(await amounts()).toEqual([charged])
    await untouched()
  })

  test('holds as much as one without a stream, because nobody watches it once its client has left', async () => {
    const held = async () => Number((await scene.gateway.credits.balance('acme')).held)
    await scene.client().responses.create(background)
    const alone = await held()
    await take(await scene.client().responses.create({ ...background, stream: true }), 0)
    expect((await held()) / alone).toBeCloseTo(2, 2)
  })

  test('that nobody takes up again is charged all the same', async () => {
    const events = await scene.client().responses.create({ ...background, stream: true })
    await take(events, 1)
    scene.provider.finish(scene.provider.ids[0] ?? '')
    await settled(1)
    expect(await amounts()).toEqual([charged])
    await untouched()
  })

  test('is kept alive by what takes no number, so that nothing is missed behind it', async () => {
    await scene.close()
    scene = await startScene({ timeouts: { heartbeat: 100 } })
    const answer = await scene.gateway.fetch('http://gateway/v1/responses', {
      method: 'POST',
      headers: { authorization: `Bearer ${scene.token}` },
      body: JSON.stringify({ ...background, stream: true }),
    })
    setTimeout(() => scene.provider.finish(scene.provider.ids[0] ?? ''), 350)
    const text = await answer.text()
    expect(text).toContain(': keepalive\n\n')
    expect(text).not.toContain('"keepalive"')
    const numbers = [...text.matchAll(/"sequence_number":(\d+)/g)].map(([, number]) => number)
    expect(numbers).toEqual(['0', '1', '2', '3', '4'])
  })
})

describe('two gateways on one SQLite file, one after the other', () => {
  test('the second one settles what the first one began', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'responses-'))
    await scene.close()
    scene = await startScene({ store: `sqlite:${join(folder, 'tollgate.db')}` })
    const { id } = await scene.client().responses.create(background)
    await scene.gateway.close()
    scene.provider.finish(id)
    const next = scene.open()
    const rows = async () => {
      const found: string[] = []
      for await (const { op, amount } of next.credits.ledger('acme')) if (op === 'settle') found.push(amount)
      return found
    }
    await expect.poll(rows, { timeout: 5000 }).toEqual([charged])
    expect((await scene.client(scene.token, next).responses.retrieve(id)).output_text).toBe('done')
    expect(await next.credits.balance('acme')).toMatchObject({ held: '0.000000000' })
    expect(await next.credits.audit('acme')).toMatchObject({ ok: true })
    await next.close()
    rmSync(folder, { recursive: true })
  })
})
