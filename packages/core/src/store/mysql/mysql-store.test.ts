import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { KeyvMysql } from '@keyv/mysql'
import { Keyv } from 'keyv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/mysql/databases.ts'
import { describeWithService, mysqlUrl } from '../../../../../test/services.ts'
import { testSqlRecords } from '../../../../../test/stores/test-sql-records.ts'
import { collect } from '../collect.ts'
import { openStore, type Store } from '../open-store.ts'
import { loadMysqlPackage } from './load-mysql.ts'
import { openMysql } from './open-mysql.ts'
import { poolOptions } from './pool-options.ts'
import { isTemporary } from './sql-failure.ts'

interface Note {
  readonly text: string
}

await describeWithService('a store in MySQL or MariaDB', mysqlUrl(), () => {
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

  test('tells ids apart by every byte', async () => {
    const notes = open().records<Note>('exact')
    const ids = ['a', 'A', 'a ', 'ä', 'a\u0308', '%', '\\', "'"]
    await notes.putMany(ids.map((id) => [id, { text: id }] as const))
    for (const id of ids) expect(await notes.get(id)).toEqual({ text: id })
  })

  test('is what a Keyv over @keyv/mysql names, with a pool of its own', async () => {
    const keyv = new Keyv(new KeyvMysql(database.url))
    const store = open(keyv)
    await store.records<Note>('notes').put('k', { text: 'by url' })
    expect(store.kind).toBe('mysql')
    expect(await open().records<Note>('notes').get('k')).toEqual({ text: 'by url' })
    const settings = { table: 'others', connectTimeout: 1000, rowsAsArray: true, namedPlaceholders: true }
    const adapter = new KeyvMysql({ uri: database.url, ...settings })
    expect(await open(new Keyv(adapter)).records<Note>('notes').get('k')).toEqual({ text: 'by url' })
    const { hostname: host, port, username: user, password, pathname } = new URL(database.url)
    const parts = { host, port: Number(port || 3306), user, password: decodeURIComponent(password) }
    const inParts = new KeyvMysql({ ...parts, database: pathname.slice(1) })
    expect(await open(new Keyv(inParts)).records<Note>('notes').get('k')).toEqual({ text: 'by url' })
    await keyv.disconnect()
    expect(await store.records<Note>('notes').get('k')).toEqual({ text: 'by url' })
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

describe('a MySQL or MariaDB server that nobody started', () => {
  test('is an error, and no miss', async () => {
    const store = openStore('mariadb://user:hunter2@127.0.0.1:1/none')
    const asked = store.records<Note>('notes').get('a')
    await expect(asked).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(asked).rejects.not.toThrow(/hunter2/)
    await store.close()
  })

  test('that takes connections and says nothing is given up within two seconds, by everybody', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const server = openMysql({ connection: `mysql://root@127.0.0.1:${port}/test` })
    const started = performance.now()
    const asked = Array.from({ length: 30 }, () => server.query({ text: 'SELECT 1' }))
    const outcomes = await Promise.allSettled(asked)
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'))
    expect(performance.now() - started).toBeLessThan(2000)
    await server.close()
    silent.close()
  })
})

describe('the address of an adapter', () => {
  test('may hold a password that begins a fragment elsewhere', () => {
    const { uri } = poolOptions({ uri: 'mysql://user:hunter#2@host/database' }, 1000)
    expect(new URL(uri ?? '')).toMatchObject({ password: 'hunter%232', host: 'host', pathname: '/database' })
  })
})

describe('the package mysql2', () => {
  test('is loaded when it is there, and named as what to install when it is not', () => {
    expect(loadMysqlPackage().createPool).toBeTypeOf('function')
    expect(() => loadMysqlPackage('file:///nowhere/index.js')).toThrow(/npm install mysql2/)
  })
})

describe('an error of MySQL', () => {
  const failure = (errno: number, sqlState?: string) => Object.assign(new Error('no'), { errno, sqlState })

  test.each([
    [1213, '40001', true],
    [1205, 'HY000', true],
    [1317, '70100', false],
    [4025, '23000', false],
    [1213, undefined, false],
  ])('%s in state %s may be gone when it is tried again: %s', (errno, state, expected) => {
    expect(isTemporary(failure(errno, state))).toBe(expected)
  })
})
