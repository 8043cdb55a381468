import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../errors/gateway-error.ts'
import { numberToDecimal, scaleDecimalUp } from './decimal.ts'
import { assertNano, formatUsd, maxNano, parseUsd } from './money.ts'

function refusal(work: () => unknown): { code: string; param: string | undefined } {
  try {
    work()
  } catch (error) {
    if (GatewayError.isInstance(error)) return { code: error.code, param: error.param }
  }
  throw new Error('nothing was refused')
}

describe('money', () => {
  test('reads dollars exactly', () => {
    expect(parseUsd('25.00', 'amount')).toBe(25_000_000_000n)
    expect(parseUsd('0.000000001', 'amount')).toBe(1n)
    expect(parseUsd('1.0000000010000', 'amount')).toBe(1_000_000_001n)
    expect(parseUsd('9007199.254740991', 'amount')).toBe(maxNano)
  })

  test.each([
    '',
    ' 1',
    '-1',
    '+1',
    '1e3',
    '.5',
    '5.',
    '1,5',
    '0x10',
    'NaN',
    '0.0000000001',
    '9007199.254740992',
  ])('refuses %j and names the field', (text) => {
    expect(refusal(() => parseUsd(text, 'amount'))).toEqual({ code: 'invalid_request', param: 'amount' })
  })

  test('P28 refuses numbers, which have lost digits before they arrive', () => {
    expect(refusal(() => parseUsd(25 as unknown as string, 'amount')).param).toBe('amount')
    expect(refusal(() => assertNano(25, 'amount')).param).toBe('amount')
    expect(refusal(() => assertNano(-1n, 'amount')).param).toBe('amount')
  })

  test('P28 writes nine decimals, always', () => {
    expect(formatUsd(24_999_994_385n)).toBe('24.999994385')
    expect(formatUsd(0n)).toBe('0.000000000')
    expect(formatUsd(-1n)).toBe('-0.000000001')
    expect(formatUsd(maxNano)).toBe('9007199.254740991')
  })

  test('what is written reads back the same', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, maxNano), (nano) => {
        expect(parseUsd(formatUsd(nano), 'amount')).toBe(nano)
      }),
    )
  })

  test('numbers become plain decimals without losing digits', () => {
    expect(numberToDecimal(2.625e-7)).toBe('0.0000002625')
    expect(numberToDecimal(0.0002625)).toBe('0.0002625')
    expect(numberToDecimal(1.5e21)).toBe('1500000000000000000000')
    expect(numberToDecimal(12)).toBe('12')
    for (const odd of [-1, Number.NaN, Number.POSITIVE_INFINITY]) expect(numberToDecimal(odd)).toBeUndefined()
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (value) => {
        expect(Number(numberToDecimal(value))).toBe(value)
      }),
    )
  })

  test('finer digits round up where others wrote them', () => {
    expect(scaleDecimalUp('0.0000000000001', 12, 'cost')).toBe(1n)
    expect(scaleDecimalUp('0.0002625', 12, 'cost')).toBe(262_500_000n)
  })
})
