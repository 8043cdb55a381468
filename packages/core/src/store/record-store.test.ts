import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Keyv, type KeyvStoreAdapter } from 'keyv'
import { afterAll, describe, expect, test } from 'vitest'
import { testAlteredRecords } from '../../../../test/stores/test-altered-records.ts'
import { collect } from './collect.ts'
import { openStore } from './open-store.ts'
import { createPrefixedAdapter } from './prefixed-adapter.ts'
import { createRecordStore } from './record-store.ts'
import { createSqliteAdapter } from './sqlite-adapter.ts'
import { openRecordsDatabase } from './sqlite-database.ts'

const unavailable = { code: 'store_unavailable', status: 503 }

function open(database = openRecordsDatabase(':memory:')) {
  const adapter = createSqliteAdapter({ file: ':memory:', database })
  const put = database.prepare('INSERT INTO records VALUES (?, ?, ?)')
  return {
    database,
    adapter,
    records: createRecordStore({ namespace: 'n', adapter }),
    plant: put.run.bind(put),
  }
}

/** A store that answers as told, in place of doing its work. */
function answering(answer: () => unknown): KeyvStoreAdapter {
  const method = async () => answer()
  const methods = { get: method, set: method, delete: method, clear: method, setMany: method }
  return { ...methods, opts: {}, on: () => ({}) } as unknown as KeyvStoreAdapter
}

describe('createRecordStore', () => {
  test.each(['null', '5', '"text"', '[]', '{', '', '{"value":null}', '{"value":7}', '{"value":[]}', '{}'])(
    'an alien %s is an error and never a miss',
    async (text) => {
      const { records, plant } = open()
      plant('n', 'a', text)
      await expect(records.get('a')).rejects.toMatchObject(unavailable)
      await expect(records.getMany(['b', 'a'])).rejects.toMatchObject(unavailable)
      await expect(collect(records.list())).rejects.toMatchObject(unavailable)
      expect(await records.get('b')).toBeUndefined()
    },
  )

  test('a dead store rejects every question', async () => {
    const { records, database } = open()
    database.close()
    await expect(records.get('a')).rejects.toMatchObject(unavailable)
    await expect(records.getMany(['a'])).rejects.toMatchObject(unavailable)
    await expect(records.put('a', {})).rejects.toMatchObject(unavailable)
    await expect(records.putMany([['a', {}]])).rejects.toMatchObject(unavailable)
    await expect(records.create('a', {})).rejects.toMatchObject(unavailable)
    await expect(records.delete('a')).rejects.toMatchObject(unavailable)
    await expect(collect(records.list())).rejects.toMatchObject(unavailable)
  })

  test('a question for many that one answer is missing to is a failure, whatever the storage knows', async () => {
    const dead = answering(() => Promise.reject(new Error('dead')))
    const silent = Object.assign(
      answering(() => undefined),
      { getMany: async () => [] },
    )
    for (const adapter of [dead, silent]) {
      const records = createRecordStore({ namespace: 'n', adapter })
      await expect(records.getMany(['a', 'b'])).rejects.toMatchObject(unavailable)
    }
  })

  test('a write that is not confirmed is a failure', async () => {
    const records = createRecordStore({ namespace: 'n', adapter: answering(() => false) })
    await expect(records.put('a', {})).rejects.toMatchObject(unavailable)
  })

  test('a store that cannot be listed says so', async () => {
    const records = createRecordStore({ namespace: 'n', adapter: answering(() => true) })
    await expect(collect(records.list())).rejects.toMatchObject(unavailable)
  })

  test('P29 a frozen store is given up on', async () => {
    const frozen = answering(() => new Promise(() => {}))
    const records = createRecordStore({ namespace: 'n', adapter: frozen, timeoutMs: 5 })
    await expect(records.get('a')).rejects.toMatchObject(unavailable)
    await expect(records.put('a', {})).rejects.toMatchObject(unavailable)
    await expect(records.delete('a')).rejects.toMatchObject(unavailable)
  })

  test('an unconfirmed bulk write is a failure', async () => {
    const records = createRecordStore({ namespace: 'n', adapter: answering(() => [true, false]) })
    await expect(records.putMany([['a', {}]])).rejects.toMatchObject(unavailable)
  })
})

describe('records altered in memory', () => {
  const store = openStore('memory:')
  testAlteredRecords(() => store.records('altered'))
})

describe('records altered in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-records-'))
  const stores = Array.from({ length: 3 }, () => openStore(`sqlite:${join(folder, 'records.db')}`))
  let next = 0
  afterAll(() => {
    for (const store of stores) store.close()
    rmSync(folder, { recursive: true })
  })
  testAlteredRecords(() => {
    next += 1
    return (stores[next % stores.length] as (typeof stores)[0]).records('altered')
  })
})

describe('records altered in a storage that cannot compare, by its only writer', () => {
  const keyv = new Keyv()
  const adapter = createPrefixedAdapter(keyv.store, 'tollgate:altered:')
  const records = createRecordStore<{ count: number }>({ namespace: 'altered', adapter })
  testAlteredRecords(() => records)
})

test('a record that others write without end is given up on', async () => {
  const { adapter } = open()
  const never = { ...adapter, replace: async () => false }
  const records = createRecordStore({ namespace: 'n', adapter: never })
  await expect(records.alter('a', () => ({ text: 'mine' }))).rejects.toMatchObject(unavailable)
})

describe('createSqliteAdapter', () => {
  test('serves a Keyv: times to live, many at once, iteration', async () => {
    const database = openRecordsDatabase(':memory:')
    const keyv = new Keyv(createSqliteAdapter({ file: ':memory:', database }), { namespace: 'mine' })
    await keyv.set('short', 1, -1)
    await keyv.setMany([
      { key: 'a', value: { text: 'one' } },
      { key: 'b', value: 2 },
    ])
    expect(await keyv.get('short')).toBeUndefined()
    expect(await keyv.getMany(['a', 'b', 'c'])).toEqual([{ text: 'one' }, 2, undefined])
    expect(await keyv.has('a')).toBe(true)
    expect(await collect(keyv.iterator?.(undefined) as AsyncIterable<unknown>)).toEqual([
      ['a', { text: 'one' }],
      ['b', 2],
    ])
    await keyv.disconnect()
    expect(database.isOpen).toBe(false)
  })

  test('clears its own namespace only', async () => {
    const database = openRecordsDatabase(':memory:')
    const mine = createSqliteAdapter({ file: ':memory:', namespace: 'mine', database })
    const theirs = createSqliteAdapter({ file: ':memory:', namespace: 'theirs', database })
    await mine.set('a', '1')
    await theirs.set('a', '2')
    await mine.clear()
    expect(await mine.get('a')).toBeUndefined()
    expect(await theirs.get('a')).toBe('2')
  })

  test('a bulk write that fails half way leaves nothing', async () => {
    const { adapter } = open()
    const entries = [
      { key: 'a', value: '1' },
      { key: 'b', value: null as unknown as string },
    ]
    await expect(adapter.setMany(entries)).rejects.toThrow(/NOT NULL/)
    expect(await adapter.get('a')).toBeUndefined()
  })

  test('a file that is no database is refused by name', () => {
    expect(() => openRecordsDatabase(import.meta.filename)).toThrow(/record-store.test.ts" cannot be used/)
  })
})
