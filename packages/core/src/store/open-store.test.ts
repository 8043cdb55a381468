import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Keyv } from 'keyv'
import { afterAll, describe, expect, test } from 'vitest'
import { collect } from './collect.ts'
import { openStore } from './open-store.ts'
import { createSqliteAdapter } from './sqlite-adapter.ts'
import { parseStoreAddress } from './store-address.ts'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-store-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Note {
  readonly text: string
}

describe.each(['memory:', `sqlite:${join(folder, 'records.db')}`])('openStore %s', (address) => {
  test('keeps records of each namespace apart', async () => {
    const store = openStore(address)
    const notes = store.records<Note>('notes')
    const others = store.records<Note>('others')
    await notes.create('a', { text: 'one' })
    await others.put('b', { text: 'two' })
    expect(await notes.get('a')).toEqual({ text: 'one' })
    expect(await notes.get('b')).toBeUndefined()
    expect(await collect(notes.list())).toEqual([['a', { text: 'one' }]])
    expect(await collect(others.list())).toEqual([['b', { text: 'two' }]])
    expect(await notes.delete('a')).toBe(true)
    expect(await notes.delete('a')).toBe(false)
    store.close()
  })

  test('refuses to create what exists', async () => {
    const store = openStore(address)
    const notes = store.records<Note>('created')
    await notes.create('a', { text: 'one' })
    await expect(notes.create('a', { text: 'two' })).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await notes.get('a')).toEqual({ text: 'one' })
    store.close()
  })

  test('lists more than a page, and what many writes wrote at once', async () => {
    const store = openStore(address)
    const notes = store.records<Note>('many')
    const entries = Array.from({ length: 1201 }, (_, index) => [`id-${index}`, { text: `${index}` }] as const)
    await notes.putMany(entries)
    const listed = await collect(notes.list())
    expect(new Map(listed)).toEqual(new Map(entries))
    expect(listed).toHaveLength(1201)
    const some = await notes.getMany(['id-7', 'nobody', 'id-0'])
    expect(some).toEqual([{ text: '7' }, undefined, { text: '0' }])
    store.close()
  })
})

describe('openStore over a Keyv', () => {
  test('a Map is memory, shared by every store opened over it', async () => {
    const keyv = new Keyv()
    const store = openStore(keyv)
    await store.records<Note>('notes').put('a', { text: 'one' })
    expect(store.kind).toBe('memory')
    expect(await openStore(keyv).records<Note>('notes').get('a')).toEqual({ text: 'one' })
    expect(await collect(openStore(keyv).records<Note>('others').list())).toEqual([])
  })

  test('our SQLite adapter is its file', () => {
    const file = join(folder, 'keyv.db')
    const store = openStore(new Keyv(createSqliteAdapter({ file }), { namespace: 'mine' }))
    expect(store).toMatchObject({ kind: 'sqlite', file })
    store.close()
  })

  test('a wrapped Map is still memory', () => {
    const keyv = new Keyv()
    const wrapped = { get: keyv.get, store: { store: { store: new Map() } } }
    expect(openStore(wrapped as unknown as Keyv).kind).toBe('memory')
  })

  const foreign = { get: () => {}, set: () => {}, delete: () => {}, clear: () => {}, on: () => {} }
  test.each([
    ['a Promise', Promise.resolve(new Keyv())],
    ['a foreign adapter', new Keyv({ store: { ...foreign, opts: { dialect: 'redis', url: 'redis://x' } } })],
    ['a misspelt option', new Keyv({ stroe: new Map() } as object)],
    ['null', null],
    ['an empty object', {}],
    ['a number', 7],
  ])('refuses %s', (_, store) => {
    expect(() => openStore(store as unknown as Keyv)).toThrow(/Supported are 'sqlite:/)
  })
})

describe('parseStoreAddress', () => {
  test.each([
    ['sqlite:./tollgate.db', './tollgate.db'],
    ['sqlite://tollgate.db', 'tollgate.db'],
    ['sqlite:///var/lib/tollgate.db', '/var/lib/tollgate.db'],
    ['sqlite:/var/lib/tollgate.db', '/var/lib/tollgate.db'],
  ])('%s is the file %s', (address, file) => {
    expect(parseStoreAddress(address)).toEqual({ kind: 'sqlite', file })
  })

  test.each(['memory', 'sqlite:', 'sqlit:./a.db', './tollgate.db', ''])('refuses "%s"', (address) => {
    expect(() => parseStoreAddress(address)).toThrow(/Supported are/)
  })

  test('P20 never repeats a password from an address', () => {
    const refused = () => parseStoreAddress('mongodb://user:hunter2@host')
    expect(refused).toThrow('"mongodb:"')
    expect(refused).not.toThrow(/hunter2/)
  })

  test('says how memory is spelt', () => {
    expect(() => parseStoreAddress('sqlite::memory:')).toThrow("'memory:'")
  })
})

describe('a store that cannot be written to', () => {
  test('is refused at start: the folder is missing', () => {
    expect(() => openStore(`sqlite:${join(folder, 'missing', 'a.db')}`)).toThrow(
      /missing\/a.db" cannot be used/,
    )
  })

  test('is refused at start: another writer does not let go', () => {
    const file = join(folder, 'locked.db')
    openStore(`sqlite:${file}`).close()
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    expect(() => openStore(`sqlite:${file}`)).toThrow(/locked/)
    other.close()
  })
})
