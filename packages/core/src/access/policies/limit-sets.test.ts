import { expect, test } from 'vitest'
import { limitSetsOf } from './limit-sets.ts'

const key = (limits: object) => ({ owner: 'the access key', limits })
const configuration = (limits: object) => ({ owner: 'the configuration "x"', limits })

test('of what two limit, the tightest counts, and it is known whose it is', () => {
  const sets = limitSetsOf('k', [
    key({ rpm: 10, concurrency: 5, spend: { limit: '5.00' } }),
    configuration({ rpm: 20, tpm: 100, concurrency: 2, spend: { limit: '4.00' } }),
  ])
  expect(sets).toEqual([
    {
      id: 'k',
      owner: 'the access key',
      rpm: 10,
      tpm: 100,
      concurrency: 2,
      spendLimit: 4_000_000_000n,
      spendWindow: 'lifetime',
      owners: {
        tpm: 'the configuration "x"',
        concurrency: 'the configuration "x"',
        lifetime: 'the configuration "x"',
      },
    },
  ])
})

test('windows are kept apart: each further one is a set on the same counters', () => {
  const sets = limitSetsOf('k', [
    key({ rpm: 1, spend: [{ limit: '1', window: 'day' }, { limit: '9' }] }),
    configuration({
      spend: [
        { limit: '7', window: 'month' },
        { limit: '2', window: 'day' },
      ],
    }),
  ])
  expect(sets).toEqual([
    { id: 'k', owner: 'the access key', rpm: 1, spendLimit: 1_000_000_000n, spendWindow: 'day' },
    {
      id: 'k',
      owner: 'the access key',
      spendLimit: 7_000_000_000n,
      spendWindow: 'month',
      owners: { month: 'the configuration "x"' },
    },
    { id: 'k', owner: 'the access key', spendLimit: 9_000_000_000n, spendWindow: 'lifetime' },
  ])
})

test('what is not limited has no set', () => {
  expect(limitSetsOf('k', [])).toEqual([])
  expect(limitSetsOf('k', [key({}), { owner: 'the account', limits: undefined }])).toEqual([])
  expect(limitSetsOf('k', [key({ maxInputTokens: 5 })])).toEqual([])
})
