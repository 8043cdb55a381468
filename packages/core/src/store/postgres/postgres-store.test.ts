import { KeyvPostgres } from '@keyv/postgres'
import { Keyv } from 'keyv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/postgres/databases.ts'
import { describeWithService, postgresUrl } from '../../../../../test/services.ts'
import { testSqlRecords } from '../../../../../test/stores/test-sql-records.ts'
import { collect } from '../collect.ts'
import { openStore, type Store } from '../open-store.ts'
import { loadPostgresPackage } from './load-pg.ts'
import { isRolledBack, isTemporary } from './sql-failure.ts'

interface Note {
  readonly text: string
}

await describeWithService('a store in Postgres', postgresUrl(), () => {
  let database: TestDatabase
  const stores: Store[] = []
  const open = (store: string | Keyv = database.url): Store => {
    const opened = openStore(store)
    stores.push(opened)
    return opened
  }
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()))
    await database.drop()
  })

  testSqlRecords(open)

  test('is what a Keyv over @keyv/postgres names, with a pool of its own and in its schema', async () => {
    const keyv = new Keyv(new KeyvPostgres({ uri: database.url, schema: 'mine' }))
    const store = open(keyv)
    await store.records<Note>('notes').put('k', { text: 'in mine' })
    expect(store.kind).toBe('postgres')
    expect(await open().records<Note>('notes').get('k')).toBeUndefined()
    const [again] = [open(new Keyv(new KeyvPostgres({ uri: database.url, schema: 'mine' })))]
    expect(await again.records<Note>('notes').get('k')).toEqual({ text: 'in mine' })
    await keyv.disconnect()
    expect(await store.records<Note>('notes').get('k')).toEqual({ text: 'in mine' })
  })

  test('rejects what is no clear answer', async () => {
    const broken = await createTestDatabase()
    const notes = open(broken.url).records<Note>('notes')
    await notes.put('a', { text: 'one' })
    await broken.run("UPDATE tollgate_records SET value = 'null'")
    await expect(notes.get('a')).rejects.toMatchObject({ code: 'store_unavailable' })
    await broken.drop()
    await expect(notes.get('a')).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(notes.put('a', { text: 'two' })).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(collect(notes.list())).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})

describe('a Postgres server that nobody started', () => {
  test('is an error, and no miss', async () => {
    const store = openStore('postgres://user:hunter2@127.0.0.1:1/none')
    const asked = store.records<Note>('notes').get('a')
    await expect(asked).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(asked).rejects.not.toThrow(/hunter2/)
    await store.close()
  })
})

describe('the package pg', () => {
  test('is loaded when it is there, and named as what to install when it is not', () => {
    expect(loadPostgresPackage().Pool).toBeTypeOf('function')
    expect(() => loadPostgresPackage('file:///nowhere/index.js')).toThrow(/npm install pg/)
  })
})

describe('an error of Postgres', () => {
  const failure = (code: string, severity?: string) => Object.assign(new Error(code), { code, severity })

  test.each([
    ['40P01', true],
    ['23514', true],
    ['22P02', true],
    ['57014', false],
    ['57P01', false],
    ['53300', false],
    ['08006', false],
  ])('%s: the statement was undone and nothing else is wrong: %s', (code, expected) => {
    expect(isRolledBack(failure(code, 'FEHLER'))).toBe(expected)
  })

  test('is one that the server named; a network has codes too', () => {
    expect(isRolledBack(failure('EPIPE'))).toBe(false)
    expect(isRolledBack(new Error('Query read timeout'))).toBe(false)
    expect(isTemporary(failure('40P01', 'ERROR'))).toBe(true)
    expect(isTemporary(failure('23514', 'ERROR'))).toBe(false)
  })
})
