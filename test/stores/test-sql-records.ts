import { expect, test } from 'vitest'
import { collect } from '../../packages/core/src/store/collect.ts'
import type { Store } from '../../packages/core/src/store/open-store.ts'
import { testAlteredRecords } from './test-altered-records.ts'

interface Note {
  readonly text: string
}

/**
 * What records are in every database with tables.
 *
 * @param open Opens the store of a database that belongs to these tests alone.
 */
export function testSqlRecords(open: () => Store): void {
  testAlteredRecords(() => open().records('altered'))

  test('makes its table once, however many ask for it first', async () => {
    const notes = Array.from({ length: 6 }, () => open().records<Note>('first'))
    await Promise.all(notes.map((records, index) => records.put(`id-${index}`, { text: `${index}` })))
    expect(await collect(open().records<Note>('first').list())).toHaveLength(6)
  })

  test('keeps records of each namespace apart', async () => {
    const store = open()
    const [notes, others] = [store.records<Note>('notes'), store.records<Note>('others')]
    await notes.create('a', { text: `it's "{}" \\ \u0000 😀` })
    await others.put('b', { text: 'two' })
    expect(await open().records<Note>('notes').get('a')).toEqual({ text: `it's "{}" \\ \u0000 😀` })
    expect(await notes.get('b')).toBeUndefined()
    await expect(notes.create('a', { text: 'two' })).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await collect(others.list())).toEqual([['b', { text: 'two' }]])
    expect(await notes.delete('a')).toBe(true)
    expect(await notes.delete('a')).toBe(false)
  })

  test('lists more than a page, and writes many at once; of one id the last counts', async () => {
    const notes = open().records<Note>('many')
    const entries = Array.from({ length: 1201 }, (_, index) => [`id-${index}`, { text: `${index}` }] as const)
    await notes.putMany([['id-7', { text: 'old' }], ...entries])
    const listed = await collect(notes.list())
    expect(new Map(listed)).toEqual(new Map(entries))
    expect(listed).toHaveLength(1201)
    expect(listed.map(([id]) => id)).toEqual(entries.map(([id]) => id).sort())
  })
}
