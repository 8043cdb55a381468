import { describe, expect, test } from 'vitest'
import { compileRanges, ipRangesSchema } from './address-ranges.ts'

const admits = (ranges: readonly string[], address: string | undefined) => compileRanges(ranges)?.(address)

test.each([
  [['10.0.0.0/8'], '10.255.0.1', true],
  [['10.0.0.0/8'], '11.0.0.1', false],
  [['10.1.2.3/8'], '10.200.0.1', true],
  [['192.0.2.7'], '192.0.2.7', true],
  [['192.0.2.7'], '192.0.2.8', false],
  [['0.0.0.0/0'], '203.0.113.9', true],
  [['2001:db8::/32'], '2001:db8:ff::1', true],
  [['2001:db8::/32'], '2001:db9::1', false],
  [['2001:DB8::1'], '2001:db8:0:0:0:0:0:1', true],
  [['fe80::/10'], 'fe80::1%eth0', true],
  [['192.0.2.0/24', '2001:db8::/32'], '2001:db8::7', true],
])('%j and %s: %s', (ranges, address, expected) => expect(admits(ranges, address)).toBe(expected))

describe('IPv4 in the spelling of IPv6', () => {
  test.each([
    [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
    [['10.0.0.0/8'], '::ffff:a01:203', true],
    [['10.0.0.0/8'], '::FFFF:10.1.2.3', true],
    [['10.0.0.0/8'], '::ffff:11.1.2.3', false],
    [['::ffff:10.0.0.0/104'], '10.1.2.3', true],
    [['::ffff:a00:0/104'], '::ffff:10.1.2.3', true],
    [['::ffff:10.0.0.0/104'], '11.1.2.3', false],
    [['::ffff:10.1.2.3'], '10.1.2.3', true],
    [['::ffff:10.1.2.3'], '10.1.2.4', false],
  ])('%j and %s: %s', (ranges, address, expected) => expect(admits(ranges, address)).toBe(expected))

  test('is no IPv6: ranges of one family say nothing of the other', () => {
    expect(admits(['::/0'], '10.1.2.3')).toBe(false)
    expect(admits(['::/0'], '::ffff:10.1.2.3')).toBe(false)
    expect(admits(['0.0.0.0/0'], '2001:db8::1')).toBe(false)
    expect(admits(['::/0'], '2001:db8::1')).toBe(true)
  })
})

test('what is no address is in no range, an empty list has none, and no list has all', () => {
  for (const address of [undefined, '', 'unknown', '10.0.0.1:443', '10.0.0.1, 10.0.0.2', '10.0.0.1%eth0']) {
    expect([address, admits(['0.0.0.0/0', '::/0'], address)]).toEqual([address, false])
  }
  expect(admits([], '10.0.0.1')).toBe(false)
  expect(compileRanges(undefined)).toBeUndefined()
})

test.each([
  '',
  '10.0.0',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '::1/129',
  'fe80::1%lo',
  'a.b/8',
  '010.0.0.1',
])('"%s" is no range', (text) => {
  expect(ipRangesSchema.safeParse([text]).success).toBe(false)
})
