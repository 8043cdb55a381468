import { describe, expect, test } from 'vitest'
import { createRecordStore } from '../store/record-store.ts'
import { createBatchedPuts } from './batched-puts.ts'
import type { ItemRecord, ResponseRecord, RunRecord } from './response-record.ts'
import { createResponseRecords } from './response-records.ts'

const record = (id: string, more: Partial<ResponseRecord> = {}): ResponseRecord => ({
  id,
  account: 'acme',
  provider: 'openai',
  model: 'gpt-4o',
  credential: { kind: 'managed' },
  createdAt: 1000,
  call: 'call_1',
  ...more,
})

function open() {
  const stored = new Map<string, unknown>()
  const responses = createResponseRecords({
    records: createRecordStore<ResponseRecord>({ namespace: 'responses', adapter: stored }),
    runs: createRecordStore<RunRecord>({ namespace: 'runs', adapter: new Map() }),
  })
  return { stored, responses }
}

describe('records of responses', () => {
  test('are found by the account that they are of, and by no other', async () => {
    const { responses } = open()
    await responses.keep(record('resp_1'))
    await responses.keep(record('resp_1', { account: 'other', call: 'call_2' }))
    expect(await responses.find('acme', 'resp_1')).toMatchObject({ call: 'call_1' })
    expect(await responses.find('other', 'resp_1')).toMatchObject({ call: 'call_2' })
    expect(await responses.find('third', 'resp_1')).toBeUndefined()
    await responses.forget(record('resp_1'))
    expect(await responses.find('acme', 'resp_1')).toBeUndefined()
    expect(await responses.find('other', 'resp_1')).toBeDefined()
  })

  test.each(['', 'a b', 'ä', 'x'.repeat(257), 'a\0b'])(
    'are not looked for by what is no id: %j',
    async (id) => {
      const { responses } = open()
      expect(await responses.find('acme', id)).toBeUndefined()
    },
  )

  test('have their items beside them, which are of their account and provider alone, and go with them', async () => {
    const { stored, responses } = open()
    await responses.keep(record('resp_1', { items: ['msg_1', 'rs_1'] }))
    const unknown = (account: string, provider: string, ...ids: string[]) =>
      responses.findUnknownItem({ account, provider }, ids)
    expect(await unknown('acme', 'openai', 'msg_1', 'rs_1')).toBeUndefined()
    expect(await unknown('acme', 'openai', 'msg_1', 'msg_2', 'msg_3')).toBe('msg_2')
    expect(await unknown('acme', 'openai', 'resp_1')).toBe('resp_1')
    expect(await unknown('acme', 'openai', 'no id')).toBe('no id')
    expect(await unknown('acme', 'azure', 'msg_1')).toBe('msg_1')
    expect(await unknown('other', 'openai', 'msg_1')).toBe('msg_1')
    expect(await responses.find('acme', 'msg_1')).toBeUndefined()
    await responses.forget(record('resp_1', { items: ['msg_1', 'rs_1'] }))
    expect(stored.size).toBe(0)
  })

  test('are written in one go with their items', async () => {
    const written: number[] = []
    const storage = new Map<string, unknown>()
    const records = createRecordStore<ResponseRecord | ItemRecord>({
      namespace: 'responses',
      adapter: storage,
    })
    const responses = createResponseRecords({
      records: {
        ...records,
        putMany: (entries) => {
          written.push([...entries].length)
          return records.putMany(entries)
        },
      },
      runs: createRecordStore<RunRecord>({ namespace: 'runs', adapter: new Map() }),
    })
    await responses.keep(record('resp_1', { items: ['msg_1', 'rs_1'] }))
    expect(written).toEqual([3])
  })

  test('are an error under a key that is not theirs', async () => {
    const { stored, responses } = open()
    await responses.keep(record('resp_1'))
    const [[key = '', value] = []] = [...stored]
    stored.set(key, String(value).replace('acme', 'evil'))
    await expect(responses.find('acme', 'resp_1')).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  test('are forgotten by their age, so many at a time', async () => {
    const { responses } = open()
    for (let at = 0; at < 5; at += 1) await responses.keep(record(`resp_${at}`, { createdAt: at }))
    expect(await responses.forgetBefore(3, 2)).toBe(2)
    expect(await responses.forgetBefore(3, 2)).toBe(1)
    expect(await responses.forgetBefore(3, 2)).toBe(0)
    expect(await responses.find('acme', 'resp_3')).toBeDefined()
    expect(await responses.find('acme', 'resp_2')).toBeUndefined()
  })

  test('take their items along when they are forgotten, and count alone', async () => {
    const { stored, responses } = open()
    for (let at = 0; at < 3; at += 1)
      await responses.keep(record(`resp_${at}`, { createdAt: at, items: [`msg_${at}`, `rs_${at}`] }))
    expect(await responses.forgetBefore(2, 10)).toBe(2)
    expect(stored.size).toBe(3)
  })
})

describe('puts in batches', () => {
  test('what comes while one is written is written together behind it, the last of a name', async () => {
    const written: (readonly [string, { value: number }])[][] = []
    const first = Promise.withResolvers<void>()
    const put = createBatchedPuts<{ value: number }>({
      putMany: async (entries) => {
        written.push([...entries])
        if (written.length === 1) await first.promise
      },
    })
    const puts = [put('a', { value: 1 })]
    await Promise.resolve().then(() => {})
    puts.push(put('b', { value: 2 }), put('c', { value: 3 }), put('b', { value: 4 }))
    first.resolve()
    await Promise.all(puts)
    expect(written).toEqual([
      [['a', { value: 1 }]],
      [
        ['b', { value: 4 }],
        ['c', { value: 3 }],
      ],
    ])
  })

  test('one that fails fails its own batch and not the next', async () => {
    let fails = true
    const put = createBatchedPuts<object>({
      putMany: async () => {
        if (fails) throw new Error('no')
      },
    })
    await expect(put('a', {})).rejects.toThrow('no')
    fails = false
    await put('b', {})
  })
})
