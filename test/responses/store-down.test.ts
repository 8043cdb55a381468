import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type OpenAI from 'openai'
import { describe, expect } from 'vitest'
import { ownStores, testOwnStore } from '../stores/own-stores.ts'
import { cost, type Scene, startScene } from './scene.ts'

const model = 'gpt-4o'
const lost = 'Whose a response is could not be written down; its client may not reach it again.'

interface Frozen {
  readonly scene: Scene
  /** What operators were told. */
  readonly errors: string[]
  readonly pause: () => void
  readonly resume: () => void
}

/** A store that stands still from the moment that the provider is asked. */
async function withFrozenStore(work: (frozen: Frozen) => Promise<void>): Promise<void> {
  const server = await ownStores.redis()
  await server.start()
  const spool = mkdtempSync(join(tmpdir(), 'responses-'))
  const errors: string[] = []
  const logger = { info() {}, warn() {}, error: (_: object, message: string) => void errors.push(message) }
  const scene = await startScene({ store: server.url, spool, logger, responses: { poll: 3_600_000 } })
  try {
    scene.upstream.respond((call) => {
      if (call.path === '/v1/responses') server.pause()
      return scene.provider.script(call)
    })
    await work({ scene, errors, pause: server.pause, resume: server.resume })
  } finally {
    server.resume()
    await scene.close()
    await server.remove()
    rmSync(spool, { recursive: true })
  }
}

const settled = async (scene: Scene, amounts: readonly string[]) =>
  expect
    .poll(async () => (await scene.rows()).map(({ amount }) => amount), { timeout: 20_000, interval: 200 })
    .toEqual(amounts)

async function answerAllTheSame({ scene, errors, resume }: Frozen): Promise<void> {
  const { responses } = scene.client()
  expect((await responses.create({ model, input: 'hi' })).output_text).toBe('hello')
  resume()
  const events = await responses.create({ model, input: 'hi', stream: true })
  const types: string[] = []
  for await (const { type } of events) types.push(type)
  expect(types.at(-1)).toBe('response.completed')
  resume()
  expect(errors.filter((message) => message === lost)).toHaveLength(2)
  await settled(scene, [cost(10, 5), cost(10, 5)])
}

/** A stream begins without the store, and ends with it. */
async function beginAtOnce({ scene, resume }: Frozen): Promise<void> {
  const { responses } = scene.client()
  const begun = Promise.withResolvers<void>()
  scene.provider.streams = { gate: begun.promise, gateAfter: 2 }
  let hasResumed = false
  const resumeLater = () =>
    setTimeout(() => {
      hasResumed = true
      resume()
    }, 300)
  let id = ''
  const types: string[] = []
  for await (const event of await responses.create({ model, input: 'hi', stream: true })) {
    types.push(event.type)
    if (event.type === 'response.output_text.delta') {
      begun.resolve()
      resumeLater()
    }
    if (event.type === 'response.completed') {
      expect(hasResumed).toBe(true)
      id = event.response.id
    }
  }
  expect(types).toEqual(['response.created', 'response.output_text.delta', 'response.completed'])
  expect((await responses.retrieve(id)).output_text).toBe('hello')
}

const refer = ({ output: [item] }: OpenAI.Responses.Response) => ({
  model,
  input: [{ type: 'item_reference' as const, id: String(item?.id) }],
})

/** The end of a stream waits for its items, though its beginning was written down at once. */
async function endWithItems({ scene, pause, resume }: Frozen): Promise<void> {
  const { responses } = scene.client()
  const begun = Promise.withResolvers<void>()
  scene.provider.streams = { gate: begun.promise, gateAfter: 2 }
  let hasResumed = true
  for await (const event of await responses.create({ model, input: 'hi', stream: true })) {
    if (event.type === 'response.created') resume()
    if (event.type === 'response.output_text.delta') {
      await expect.poll(() => responses.retrieve(scene.provider.ids[0] ?? '')).toBeDefined()
      pause()
      hasResumed = false
      begun.resolve()
      setTimeout(() => {
        hasResumed = true
        resume()
      }, 300)
    }
    if (event.type !== 'response.completed') continue
    expect(hasResumed).toBe(true)
    scene.upstream.respond(scene.provider.script)
    scene.provider.streams = {}
    expect((await responses.create(refer(event.response))).output_text).toBe('hello')
  }
}

/** What is read of a run is shown when its items are written down. */
async function readWithItems({ scene, pause, resume }: Frozen): Promise<void> {
  const { responses } = scene.client()
  scene.upstream.respond((call) => {
    if (call.method === 'GET') pause()
    return scene.provider.script(call)
  })
  const { id } = await responses.create({ model, input: 'hi', background: true })
  scene.provider.finish(id)
  let hasResumed = false
  const reading = responses.retrieve(id)
  await expect.poll(() => scene.upstream.calls.length).toBe(2)
  setTimeout(() => {
    hasResumed = true
    resume()
  }, 300)
  const done = await reading
  expect(hasResumed).toBe(true)
  expect((await responses.create(refer(done))).output_text).toBe('hello')
}

/** Nobody can say whose an item is: it is neither everybody's nor nobody's. */
async function refuseItems({ scene, pause, resume }: Frozen): Promise<void> {
  const { responses } = scene.client()
  scene.upstream.respond(scene.provider.script)
  const made = await responses.create({ model, input: 'hi' })
  pause()
  const refused = { status: 503, code: 'store_unavailable' }
  await expect(responses.create(refer(made))).rejects.toMatchObject(refused)
  resume()
  expect(scene.upstream.calls).toHaveLength(1)
  expect((await responses.create(refer(made))).output_text).toBe('hello')
}

/** The end of an answer has come and is held back when its client leaves. */
async function leaveAtTheEnd({ scene, resume }: Frozen): Promise<void> {
  scene.provider.streams = { paceMs: 50, stallAfter: 3 }
  const events = await scene.client().responses.create({ model, input: 'hi', stream: true })
  for await (const { type } of events) {
    if (type !== 'response.output_text.delta') continue
    await sleep(200)
    break
  }
  await expect.poll(() => scene.upstream.calls[0]?.aborted).toBe(true)
  resume()
  await settled(scene, [cost(10, 5)])
  expect(await scene.rows()).toMatchObject([{ meta: { status: 'aborted', usageSource: 'provider' } }])
}

/** Its connection breaks before anybody knows whether the store has it. */
async function cutWhileWriting({ scene, resume }: Frozen): Promise<void> {
  const { responses } = scene.client()
  const events = await responses.create({ model, input: 'hi', background: true, stream: true })
  const follow = async () => {
    for await (const { type } of events) if (type === 'response.in_progress') cut()
  }
  const cut = () => {
    scene.upstream.drop()
    setTimeout(resume, 300)
  }
  await expect(follow()).rejects.toThrow()
  const [id = ''] = scene.provider.ids
  expect(Number((await scene.gateway.credits.balance('acme')).held)).toBeGreaterThan(0)
  scene.provider.finish(id)
  expect((await responses.retrieve(id)).output_text).toBe('done')
  await settled(scene, [cost(100, 20)])
  expect(await scene.rows('release')).toEqual([])
}

/** Its client leaves before anybody knows whether the store has it. */
async function leaveWhileWriting({ scene, resume }: Frozen): Promise<void> {
  const { responses } = scene.client()
  const events = await responses.create({ model, input: 'hi', background: true, stream: true })
  for await (const { type } of events) if (type === 'response.output_text.delta') break
  await expect.poll(() => scene.upstream.calls[0]?.aborted).toBe(true)
  resume()
  const [id = ''] = scene.provider.ids
  await expect.poll(() => responses.retrieve(id).then(({ status }) => status)).toBe('queued')
  scene.provider.finish(id)
  expect((await responses.retrieve(id)).output_text).toBe('done')
  await settled(scene, [cost(100, 20)])
}

async function refuseRuns({ scene, errors, resume }: Frozen): Promise<void> {
  const { responses } = scene.client()
  const making = responses.create({ model, input: 'hi', background: true })
  await expect(making).rejects.toMatchObject({ status: 503, code: 'store_unavailable' })
  const [first] = scene.provider.ids
  await expect.poll(() => scene.upstream.calls.at(-1)?.path).toBe(`/v1/responses/${first}/cancel`)
  expect(errors).toContain('A run could not be written down and is cancelled.')
  resume()
  const events = await responses.create({ model, input: 'hi', background: true, stream: true })
  const follow = async () => {
    for await (const _ of events);
  }
  await expect(follow()).rejects.toMatchObject({ code: 'store_unavailable' })
  const [, second] = scene.provider.ids
  await expect.poll(() => scene.upstream.calls.at(-1)?.path).toBe(`/v1/responses/${second}/cancel`)
  resume()
  await expect
    .poll(async () => (await scene.gateway.credits.balance('acme')).held, { timeout: 20_000, interval: 200 })
    .toBe('0.000000000')
  // What a client has been shown of a stream that breaks is charged, here as everywhere.
  expect(await scene.rows()).toMatchObject([
    { amount: '0.000000000', meta: { status: 'failed', error: 'store_unavailable' } },
    { meta: { status: 'cut', usageSource: 'estimated' } },
  ])
}

describe('a store that says nothing while an answer is made', () => {
  testOwnStore('redis', () => withFrozenStore(answerAllTheSame), 60_000)
})

describe('a stream whose response is written down', () => {
  testOwnStore('redis', () => withFrozenStore(beginAtOnce), 60_000)
})

describe('the end of a stream', () => {
  testOwnStore('redis', () => withFrozenStore(endWithItems), 60_000)
})

describe('the end of a run that is read', () => {
  testOwnStore('redis', () => withFrozenStore(readWithItems), 60_000)
})

describe('an item whose owner the store does not tell', () => {
  testOwnStore('redis', () => withFrozenStore(refuseItems), 60_000)
})

describe('a client who leaves while the end of its answer waits for the store pays what its provider reported', () => {
  testOwnStore('redis', () => withFrozenStore(leaveAtTheEnd), 60_000)
})

describe('a run whose client leaves while it is written down goes on, and is charged at its end', () => {
  testOwnStore('redis', () => withFrozenStore(leaveWhileWriting), 60_000)
})

describe('a run whose connection breaks while it is written down goes on, and is charged at its end', () => {
  testOwnStore('redis', () => withFrozenStore(cutWhileWriting), 60_000)
})

describe('a store that says nothing while a run begins has it cancelled, since nobody could charge it', () => {
  testOwnStore('redis', () => withFrozenStore(refuseRuns), 60_000)
})
