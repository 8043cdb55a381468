import { describe, expect, test } from 'vitest'
import { collect } from '../store/collect.ts'
import { createCredits } from './credits.ts'
import { createMemoryCreditDriver } from './memory-driver.ts'

const create = () => createCredits(createMemoryCreditDriver())
const grant = { account: 'acme', amount: '5', reference: 'invoice' }

const circle: Record<string, unknown> = {}
circle.self = circle

describe('what an operator asks', () => {
  test.each([
    ['account', { account: 'zero\0character' }],
    ['account', { account: 'half \ud83d' }],
    ['account', { account: 'a'.repeat(257) }],
    ['reference', { reference: '' }],
    ['reference', { reference: 'zero\0character' }],
    ['metadata', { metadata: { count: 1n } }],
    ['metadata', { metadata: circle }],
    ['metadata', { metadata: { text: 'x'.repeat(4096) } }],
    ['expiresAt', { expiresAt: 8_640_000_000_000_001 }],
  ])('a grant with a wrong %s is refused by that name, and changes nothing', async (param, members) => {
    const credits = create()
    await expect(credits.grant({ ...grant, ...members })).rejects.toMatchObject({
      code: 'invalid_request',
      param,
      message: expect.stringContaining(`"${param}"`),
    })
    expect(await collect(credits.accounts())).toEqual([])
  })

  test.each([0, -1, 1.5, Number.NaN])('a ledger from row %d is refused', async (from) => {
    await expect(collect(create().ledger('acme', from))).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'fromSequence',
    })
  })

  test('metadata is kept as JSON reads it again', async () => {
    const credits = create()
    const metadata = { at: new Date(0), none: undefined, list: [1, null] }
    await credits.grant({ ...grant, metadata })
    const [row] = await collect(credits.ledger('acme'))
    expect(row?.meta).toStrictEqual({ at: '1970-01-01T00:00:00.000Z', list: [1, null] })
  })
})
