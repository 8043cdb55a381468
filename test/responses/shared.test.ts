import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Gateway } from '@tollgate/core'
import { describe, expect, test } from 'vitest'
import { type OwnStore, ownStores, testOwnStore } from '../stores/own-stores.ts'
import { cost, type Scene, startScene } from './scene.ts'

const timeoutMs = 90_000
const model = 'gpt-4o'
const background = { model, input: 'hi', background: true } as const
const charged = cost(100, 20)

interface Place {
  readonly store: string
  readonly spool: string
}

/** Gateways on an empty store of their own, which is gone afterwards. */
async function onStore(name: OwnStore | 'sqlite', work: (place: Place) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'responses-'))
  const server = name === 'sqlite' ? undefined : await ownStores[name]()
  await server?.start()
  try {
    await work({
      store: server?.url ?? `sqlite:${join(folder, 'tollgate.db')}`,
      spool: join(folder, 'spool'),
    })
  } finally {
    await server?.remove()
    rmSync(folder, { recursive: true })
  }
}

async function rowsOf(gateway: Gateway): Promise<{ op: string; ref: string; amount: string }[]> {
  const rows: { op: string; ref: string; amount: string }[] = []
  for await (const row of gateway.credits.ledger('acme')) rows.push(row)
  return rows
}

const settlements = async (gateway: Gateway) =>
  (await rowsOf(gateway)).filter(({ op }) => op === 'settle' || op === 'settle_late')

/** One makes, the other reads, cancels, deletes and settles. */
async function shareResponses(place: Place): Promise<void> {
  const told: string[] = []
  const scene = await startScene({
    ...place,
    responses: { poll: 3_600_000 },
    onUsage: (e) => told.push(e.requestId),
  })
  const there = scene.open()
  try {
    const [here, other] = [scene.client().responses, scene.client(scene.token, there).responses]
    const made = await here.create({ model, input: 'hi' })
    expect((await other.retrieve(made.id)).output_text).toBe('hello')
    expect((await other.create({ model, input: 'and?', previous_response_id: made.id })).output_text).toBe(
      'hello',
    )
    const named = { model, input: [{ type: 'item_reference' as const, id: String(made.output[0]?.id) }] }
    expect((await other.create(named)).output_text).toBe('hello')
    const run = await here.create(background)
    scene.provider.finish(run.id)
    await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? here : other).retrieve(run.id)))
    const cancelled = await here.create(background)
    expect((await other.cancel(cancelled.id)).status).toBe('cancelled')
    await other.delete(made.id)
    await expect(here.retrieve(made.id)).rejects.toMatchObject({ status: 404 })
    await expect(here.create(named)).rejects.toMatchObject({ status: 404, code: 'item_not_found' })
    await expect.poll(async () => (await settlements(there)).length, { timeout: 10_000 }).toBe(5)
    const amounts = (await settlements(there)).map(({ amount }) => amount).sort()
    expect(amounts).toEqual([cost(10, 5), cost(10, 5), cost(25, 5), charged, cost(100, 5)].sort())
    await expect.poll(async () => (await there.credits.balance('acme')).held).toBe('0.000000000')
    expect(await there.credits.audit('acme')).toMatchObject({ ok: true, problems: [] })
    expect(told).toHaveLength(5)
  } finally {
    await scene.close()
  }
}

/** Both look for what nobody reads, at the same time. */
async function sweepTogether(place: Place): Promise<void> {
  const told: string[] = []
  const scene = await startScene({ ...place, onUsage: ({ requestId }) => told.push(requestId) })
  const there = scene.open()
  try {
    const made = await Promise.all(
      Array.from({ length: 12 }, () => scene.client().responses.create(background)),
    )
    await sleep(300)
    for (const { id } of made) scene.provider.finish(id)
    await expect.poll(async () => (await settlements(there)).length, { timeout: 15_000 }).toBe(made.length)
    await sleep(500)
    const rows = await settlements(there)
    expect(rows.map(({ amount }) => amount)).toEqual(made.map(() => charged))
    expect((await there.credits.balance('acme')).held).toBe('0.000000000')
    expect(await there.credits.audit('acme')).toMatchObject({ ok: true, problems: [] })
    expect(new Set(told).size).toBe(made.length)
    expect(told).toHaveLength(made.length)
  } finally {
    await scene.close()
  }
}

interface Worker {
  readonly url: string
  readonly child: ChildProcess
}

async function startWorker({ store, spool }: Place, provider: string): Promise<Worker> {
  const child = fork(join(import.meta.dirname, 'run-worker.ts'), [store, spool, provider], {
    execArgv: ['--conditions=@tollgate/source'],
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { child, url: `http://127.0.0.1:${port}` }
}

/** The ids of the call and of the response; undefined when the worker died before it answered. */
async function makeRun({ url }: Worker, token: string) {
  try {
    const answer = await fetch(`${url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(background),
    })
    const { id } = (await answer.json()) as { id: string }
    return answer.status === 200 ? { id, call: answer.headers.get('tollgate-request-id') ?? '' } : undefined
  } catch {
    return undefined
  }
}

type Run = NonNullable<Awaited<ReturnType<typeof makeRun>>>

/** Makes runs, ends some of them, and kills the process at any moment of that. */
async function crash(worker: Worker, scene: Scene, token: string): Promise<Run[]> {
  const making = Array.from({ length: 8 }, async (_, index) => {
    await sleep(index * 15)
    const run = await makeRun(worker, token)
    if (run && index % 2 === 0) scene.provider.finish(run.id)
    return run
  })
  await making[0]
  await sleep(Math.random() * 200)
  const closed = once(worker.child, 'exit')
  worker.child.kill('SIGKILL')
  await closed
  return (await Promise.all(making)).filter((run) => run !== undefined)
}

/** Every run that a client was told of is charged once, though each process that knew it was killed. */
async function killThem(place: Place): Promise<void> {
  const scene = await startScene({ ...place, holds: { ttl: 3000 } })
  try {
    await scene.gateway.close()
    const runs: Run[] = []
    for (let round = 0; round < 4; round += 1) {
      const worker = await startWorker(place, scene.upstream.url)
      runs.push(...(await crash(worker, scene, scene.token)))
    }
    expect(runs.length).toBeGreaterThanOrEqual(4)
    for (const id of scene.provider.ids) scene.provider.finish(id)
    const last = scene.open()
    const refs = async () => new Set((await settlements(last)).map(({ ref }) => ref))
    const missing = async () => {
      const settled = await refs()
      return runs.filter(({ call }) => !settled.has(call)).length
    }
    await expect.poll(missing, { timeout: 30_000, interval: 200 }).toBe(0)
    await expect
      .poll(async () => (await last.credits.balance('acme')).held, { timeout: 15_000 })
      .toBe('0.000000000')
    const rows = await settlements(last)
    expect(new Set(rows.map(({ ref }) => ref)).size).toBe(rows.length)
    expect(new Set(rows.map(({ amount }) => amount))).toEqual(new Set([charged]))
    expect(rows.length).toBeLessThanOrEqual(scene.provider.ids.length)
    expect(await last.credits.audit('acme')).toMatchObject({ ok: true, problems: [] })
  } finally {
    await scene.close()
  }
}

const stores: readonly OwnStore[] = ['redis', 'postgres', 'mariadb']

describe('two gateways on one store share whose the responses are, and charge each once', () => {
  for (const store of stores) testOwnStore(store, () => onStore(store, shareResponses), timeoutMs)
})

describe('two gateways that both look for runs which nobody reads charge each once, and tell of it once', () => {
  for (const store of stores) testOwnStore(store, () => onStore(store, sweepTogether), timeoutMs)
})

describe('processes that are killed while responses are made lose no charge and double none', () => {
  test('sqlite', () => onStore('sqlite', killThem), timeoutMs)
  for (const store of stores) testOwnStore(store, () => onStore(store, killThem), timeoutMs)
})
