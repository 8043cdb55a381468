import { expect, test } from 'vitest'
import { limitSetOf } from './limit-set.ts'

const key = (limits: object) => ({ owner: 'the access key', limits })
const configuration = (limits: object) => ({ owner: 'the configuration "x"', limits })

test('of what two limit, the tightest counts, and it is known whose it is', () => {
  const set = limitSetOf('k', [
    key({ rpm: 10, concurrency: 5, spend: { limit: '5.00' } }),
    configuration({ rpm: 20, tpm: 100, concurrency: 2, spend: { limit: '4.00' } }),
  ])
  expect(set).toEqual({
    id: 'k',
    owner: 'the access key',
    rpm: 10,
    tpm: 100,
    concurrency: 2,
    spend: { lifetime: 4_000_000_000n },
    owners: {
      tpm: 'the configuration "x"',
      concurrency: 'the configuration "x"',
      lifetime: 'the configuration "x"',
    },
  })
})

test('windows are kept apart', () => {
  const set = limitSetOf('k', [
    key({ rpm: 1, spend: [{ limit: '1', window: 'day' }, { limit: '9' }] }),
    configuration({
      spend: [
        { limit: '7', window: 'month' },
        { limit: '2', window: 'day' },
      ],
    }),
  ])
  expect(set).toEqual({
    id: 'k',
    owner: 'the access key',
    rpm: 1,
    spend: { day: 1_000_000_000n, month: 7_000_000_000n, lifetime: 9_000_000_000n },
    owners: { month: 'the configuration "x"' },
  })
})

test('what is not limited has no set', () => {
  expect(limitSetOf('k', [])).toBeUndefined()
  expect(limitSetOf('k', [key({}), { owner: 'the account', limits: undefined }])).toBeUndefined()
  expect(limitSetOf('k', [key({ maxInputTokens: 5 })])).toBeUndefined()
})
