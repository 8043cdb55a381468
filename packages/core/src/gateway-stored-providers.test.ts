import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { createProviderRecords, type ProviderRecords } from './access/stored-providers/provider-records.ts'
import { createProviderSecrets } from './access/stored-providers/provider-secrets.ts'
import type { StoredProviderRecord } from './access/stored-providers/stored-provider.ts'
import { createStoredProviderFeed, type StoredProviderFeed } from './gateway-stored-providers.ts'
import type { ProviderSetup } from './options/configure-providers.ts'
import { createRecordStore } from './store/record-store.ts'

const open: StoredProviderFeed[] = []
afterEach(() => Promise.all(open.splice(0).map((feed) => feed.close())))

const put = (records: ProviderRecords, id: string, record: StoredProviderRecord) =>
  records.alter(id, () => record)
const recordOf = (id: string, more: Partial<StoredProviderRecord> = {}): StoredProviderRecord => ({
  id,
  baseUrl: 'https://a.example/v1',
  version: 1,
  createdAt: 1,
  updatedAt: 1,
  ...more,
})

function follow(cacheMs: number) {
  const adapter = new Map<string, unknown>()
  const records = createProviderRecords(createRecordStore({ namespace: 'providers', adapter }))
  const tables: string[][] = []
  const warnings: string[] = []
  const start = () => {
    const feed = createStoredProviderFeed({
      records,
      secrets: createProviderSecrets('the secret of now'),
      reserved: (id) => (id === 'taken' ? 'is set in the options' : undefined),
      logger: { info() {}, warn: (_, message) => void warnings.push(message), error() {} },
      replace: (setups: readonly ProviderSetup[]) =>
        void tables.push(setups.map(({ id, baseUrl }) => `${id} ${baseUrl}`)),
      cacheMs,
    })
    open.push(feed)
    return feed
  }
  return { records, tables, warnings, start }
}

describe('what is known of stored providers', () => {
  test('is replaced when something has changed, and only then', async () => {
    const { records, tables, start } = follow(20)
    await put(records, 'b', recordOf('b', { createdAt: 1 }))
    await put(records, 'a', recordOf('a', { createdAt: 2 }))
    await put(records, 'off', recordOf('off', { disabled: true }))
    await start().ready()
    await sleep(100)
    expect(tables).toEqual([['b https://a.example/v1', 'a https://a.example/v1']])
    await put(records, 'b', recordOf('b', { version: 2, baseUrl: 'https://b.example/v1' }))
    await expect.poll(() => tables.length).toBe(2)
    expect(tables[1]).toEqual(['b https://b.example/v1', 'a https://a.example/v1'])
    await records.delete('b')
    await expect.poll(() => tables.at(-1)).toEqual(['a https://a.example/v1'])
  })

  test('lacks those that cannot be used, each told of once', async () => {
    const { records, tables, warnings, start } = follow(20)
    const sealed = await createProviderSecrets('the secret of old').seal('sealed', { apiKey: 'sk-old' })
    await put(records, 'taken', recordOf('taken'))
    await put(records, 'sealed', recordOf('sealed', { sealed }))
    await put(
      records,
      'strange',
      recordOf('strange', { models: { x: { price: { input: 'free' } as never } } }),
    )
    await put(records, 'damaged', { id: 'damaged' } as never)
    await put(records, 'well', recordOf('well'))
    const feed = start()
    await feed.ready()
    await sleep(100)
    expect(tables).toEqual([['well https://a.example/v1']])
    expect(warnings).toHaveLength(4)
    const problems = feed.loaded().map(({ record, problem }) => [record.id, problem?.replace(/: .*/, '')])
    expect(Object.fromEntries(problems)).toEqual({
      taken: 'Its id is set in the options.',
      sealed: 'Its secrets cannot be decrypted under the option "secret".',
      strange: expect.stringContaining('models.x.price.input'),
      damaged: expect.stringContaining('baseUrl'),
      well: undefined,
    })
  })

  test('is not taken back by a change of this process that is older than what was read', async () => {
    const { records, tables, start } = follow(0)
    await put(records, 'a', recordOf('a', { version: 3, baseUrl: 'https://c.example/v1' }))
    const feed = start()
    await feed.ready()
    await feed.changed('a', recordOf('a', { version: 2, baseUrl: 'https://b.example/v1' }))
    expect(tables).toEqual([['a https://c.example/v1']])
    // One that was deleted and made again begins at its first version.
    await feed.changed('a', recordOf('a', { createdAt: 9, baseUrl: 'https://d.example/v1' }))
    expect(tables.at(-1)).toEqual(['a https://d.example/v1'])
    await feed.changed('a', undefined)
    expect(tables.at(-1)).toEqual([])
  })
})
