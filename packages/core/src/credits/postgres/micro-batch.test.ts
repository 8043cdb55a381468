import { describe, expect, test } from 'vitest'
import { createMicroBatch } from './micro-batch.ts'

type Answers = readonly PromiseSettledResult<string>[]

/** Batches that are answered by hand. */
function createScript(most = 3) {
  const sent: (PromiseWithResolvers<Answers> & { readonly items: readonly string[] })[] = []
  const send = (items: readonly string[]) => {
    const batch = { items, ...Promise.withResolvers<Answers>() }
    sent.push(batch)
    return batch.promise
  }
  return { sent, batch: createMicroBatch<string, string>({ send, most }) }
}

const fulfilled = (value: string) => ({ status: 'fulfilled', value }) as const
const turn = () => new Promise(setImmediate)

describe('createMicroBatch', () => {
  test('sends what one turn asks for together, and what comes meanwhile next', async () => {
    const { sent, batch } = createScript()
    const first = [batch.add('a'), batch.add('b')]
    await turn()
    const second = batch.add('c')
    await turn()
    expect(sent.map(({ items }) => items)).toEqual([['a', 'b']])
    sent[0]?.resolve([fulfilled('A'), fulfilled('B')])
    expect(await Promise.all(first)).toEqual(['A', 'B'])
    await turn()
    expect(sent[1]?.items).toEqual(['c'])
    sent[1]?.resolve([fulfilled('C')])
    expect(await second).toBe('C')
    await batch.idle()
  })

  test('keeps a batch within its bounds', async () => {
    const { sent, batch } = createScript(2)
    const all = Promise.all(['a', 'b', 'c'].map(batch.add))
    await turn()
    sent[0]?.resolve([fulfilled('A'), fulfilled('B')])
    await turn()
    sent[1]?.resolve([fulfilled('C')])
    expect(await all).toEqual(['A', 'B', 'C'])
    expect(sent.map(({ items }) => items)).toEqual([['a', 'b'], ['c']])
  })

  test('rejects one that failed alone, and goes on', async () => {
    const { sent, batch } = createScript()
    const settled = Promise.allSettled([batch.add('a'), batch.add('b')])
    await turn()
    sent[0]?.resolve([{ status: 'rejected', reason: 'bad' }, fulfilled('B')])
    expect(await settled).toEqual([{ status: 'rejected', reason: 'bad' }, fulfilled('B')])
  })

  test('fails those who wait with a batch that has no answer, and works again after it', async () => {
    const { sent, batch } = createScript()
    const settled = Promise.allSettled(['a', 'b', 'c', 'd'].map(batch.add))
    await turn()
    sent[0]?.reject('lost')
    expect(await settled).toEqual(Array(4).fill({ status: 'rejected', reason: 'lost' }))
    const next = batch.add('e')
    await turn()
    sent[1]?.resolve([fulfilled('E')])
    expect(await next).toBe('E')
  })
})
