import { describe, expect, test } from 'vitest'
import { parseFee } from './fee.ts'
import { parseRate, priceFromOptions } from './rates.ts'

describe('rates', () => {
  test('dollars per million tokens are whole picodollars per token', () => {
    expect(parseRate('2.50', 'input')).toBe(2_500_000)
    expect(parseRate('0.007', 'input')).toBe(7_000)
    expect(parseRate('0', 'input')).toBe(0)
    expect(parseRate('0.0375', 'input')).toBe(37_500)
  })

  test('a rate finer than a picodollar is refused by name', () => {
    expect(() => parseRate('0.0000001', 'price.input')).toThrow(/"price.input".*6 decimals/)
    expect(() => parseRate('-1', 'price.input')).toThrow(/"price.input"/)
  })

  test("an operator's price: cached and image tokens cost as input unless told otherwise", () => {
    const [price] = priceFromOptions({ input: '2.50', output: '10', webSearch: '10' })
    expect(price?.bands).toEqual([
      {
        when: null,
        rows: {
          default: { text_in: 2_500_000, text_out: 10_000_000, cache_read: 2_500_000, image_in: 2_500_000 },
        },
      },
    ])
    expect(price?.fees).toEqual({ web_search: 10_000_000_000, web_search_preview: 10_000_000_000 })
    const [cached] = priceFromOptions({
      input: '3',
      cachedInput: '0.3',
      cacheWrite: '3.75',
      cacheWrite1h: '6',
    })
    expect(cached?.bands[0]?.rows.default).toEqual({
      text_in: 3_000_000,
      cache_read: 300_000,
      cache_write: 3_750_000,
      cache_write_5m: 3_750_000,
      cache_write_1h: 6_000_000,
      image_in: 3_000_000,
    })
  })

  test('an option at fault is named with its path', () => {
    expect(() => priceFromOptions({ input: 'free' }, 'providers.acme.models.large.price')).toThrow(
      /"providers.acme.models.large.price.input"/,
    )
  })

  test('fees are parsed once; what is given replaces the default', () => {
    expect(parseFee().perToken).toBe(50_000n)
    expect(parseFee({ percent: '2.5', perCall: '0.001' })).toEqual({
      perToken: 0n,
      share: { numerator: 25n, denominator: 1000n },
      perCall: 1_000_000_000n,
    })
    expect(() => parseFee({ percent: '5%' })).toThrow(/"fee.percent"/)
  })
})
