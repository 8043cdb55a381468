import { describe, expect, test } from 'vitest'
import { packSeal, type Seal, unpackSeal } from './seal.ts'

/** A provider would look for what it keeps under this id, whoever it is of. */
const nothingSealed = `tollgate-oai-v1:${Buffer.from('{"value":"","id":"rs_1"}').toString('base64url')}`

describe('a seal', () => {
  test('is written as its provider wrote it in the dialect of its provider', () => {
    const seal: Seal = { origin: 'anthropic', value: 'EqQBCg==' }
    expect(packSeal(seal, 'anthropic')).toBe('EqQBCg==')
    expect(unpackSeal('EqQBCg==', 'anthropic')).toEqual(seal)
  })

  test.each([
    { origin: 'openai', value: 'gAAAAA', id: 'rs_1' },
    { origin: 'google', value: 'ÄÖ=' },
    { origin: 'openai', value: 'gAAAAA', redacted: true },
  ] as const)('says whose it is everywhere else: %j', (seal) => {
    const packed = packSeal(seal, 'anthropic')
    expect(packed).toMatch(/^tollgate-(oai|goo)-v1:[\w-]+$/)
    expect(unpackSeal(packed, 'anthropic')).toEqual(seal)
    expect(unpackSeal(packed, seal.origin), 'also at home').toEqual(seal)
  })

  test.each(['tollgate-oai-v1:', 'tollgate-oai-v1:bm8', 'tollgate-new-v9:abc', nothingSealed])(
    'that nobody of us packed is nobody’s: %s',
    (text) => {
      expect(unpackSeal(text, 'anthropic')).toBeUndefined()
    },
  )
})
