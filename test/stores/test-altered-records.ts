import { expect, test } from 'vitest'
import type { RecordStore } from '../../packages/core/src/store/record-store.ts'

interface Tally {
  readonly count: number
  readonly '2'?: string
}

/**
 * What altering a record is, on every store.
 *
 * @param open One namespace, opened once more with each call: as another process would where the store has several.
 */
export function testAlteredRecords(open: () => RecordStore<Tally>): void {
  const plusOne = (current: Tally | undefined): Tally => ({ ...current, count: (current?.count ?? 0) + 1 })

  test('changes of one record at the same time all count', async () => {
    const writers = Array.from({ length: 4 }, open)
    const id = crypto.randomUUID()
    const rounds = writers.flatMap((records) => Array.from({ length: 5 }, () => records.alter(id, plusOne)))
    const results = await Promise.all(rounds)
    expect(await writers[0]?.get(id)).toEqual({ count: 20 })
    expect(new Set(results.map(({ count }) => count)).size).toBe(20)
  })

  test('a record is altered as it is, and left where nothing is returned or something is thrown', async () => {
    const [records, id] = [open(), crypto.randomUUID()]
    const odd = { '2': `it's "{}" \\ \u0000 😀 `, count: 1 }
    await records.put(id, odd)
    expect(await records.alter(id, plusOne)).toEqual({ ...odd, count: 2 })
    expect(await records.alter(id, (current) => current)).toEqual({ ...odd, count: 2 })
    expect(await records.alter(id, () => undefined)).toBeUndefined()
    const refusal = new TypeError('no')
    await expect(
      records.alter(id, () => {
        throw refusal
      }),
    ).rejects.toBe(refusal)
    expect(await records.get(id)).toEqual({ ...odd, count: 2 })
    expect(await records.alter(crypto.randomUUID(), () => undefined)).toBeUndefined()
  })

  test('of many that create one record, one does', async () => {
    const id = crypto.randomUUID()
    const tries = Array.from({ length: 6 }, (_, count) => open().create(id, { count }))
    const settled = await Promise.allSettled(tries)
    const winner = settled.findIndex(({ status }) => status === 'fulfilled')
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await open().get(id)).toEqual({ count: winner })
    const lost = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []))
    expect(lost).toEqual(Array.from({ length: 5 }, () => 'invalid_request'))
  })
}
