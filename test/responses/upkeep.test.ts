import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { forgetOld, type Upkeep } from '../../packages/core/src/call/stored-responses/upkeep.ts'
import { createResponseRecords } from '../../packages/core/src/responses/response-records.ts'
import { createRecordStore } from '../../packages/core/src/store/record-store.ts'
import { ownStores, testOwnStore } from '../stores/own-stores.ts'
import { cost, startScene } from './scene.ts'

const model = 'gpt-4o'
const credential = { kind: 'managed' } as const

describe('whose old responses are', () => {
  test('is forgotten once a day among all processes, and the next hour where there are too many', async () => {
    const upkeep = createRecordStore<Upkeep>({ namespace: 'upkeep', adapter: new Map() })
    const stored = new Map<string, unknown>()
    const responses = createResponseRecords({
      records: createRecordStore({ namespace: 'responses', adapter: stored }),
      runs: createRecordStore({ namespace: 'runs', adapter: new Map() }),
    })
    const keep = (id: string, createdAt: number) =>
      responses.keep({
        id,
        account: 'acme',
        provider: 'openai',
        model,
        credential,
        createdAt,
        call: 'call_1',
      })
    await keep('young', Date.now())
    await Promise.all(Array.from({ length: 15_000 }, (_, index) => keep(`old-${index}`, Date.now() - 2000)))
    const forget = async () => {
      await forgetOld({ responses, settings: { keepResponses: 1000 } }, upkeep)
      return stored.size
    }
    expect(await forget()).toBe(5001)
    expect(await forget()).toBe(1)
    await keep('another', 0)
    expect(await forget()).toBe(2)
  })
})

/** A run is no call of this process any more once it is written down. */
async function leaveNothing(): Promise<void> {
  const server = await ownStores.redis()
  await server.start()
  const spool = mkdtempSync(join(tmpdir(), 'responses-'))
  const warnings: string[] = []
  const logger = { info() {}, error() {}, warn: (_: object, message: string) => void warnings.push(message) }
  const scene = await startScene({ store: server.url, spool, logger })
  try {
    const { id } = await scene.client().responses.create({ model, input: 'hi', background: true })
    await scene.gateway.close()
    expect(readdirSync(spool)).toEqual([])
    scene.provider.finish(id)
    const next = scene.open()
    await expect
      .poll(async () => (await next.credits.balance('acme')).spent, { timeout: 10_000 })
      .toBe(cost(100, 20))
    expect(warnings.filter((message) => message.includes('A process ended'))).toEqual([])
  } finally {
    await scene.close()
    await server.remove()
    rmSync(spool, { recursive: true, force: true })
  }
}

describe('a process that closes while its runs go on leaves nothing in its spool and warns of no loss', () => {
  testOwnStore('redis', leaveNothing, 60_000)
})
