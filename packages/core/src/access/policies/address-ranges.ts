import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net'
import { z } from 'zod'
import type { AddressCheck } from '../principal.ts'

interface Range {
  readonly address: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

/** IPv4 written as IPv6: what a socket that takes both reports. */
const mapped = new BlockList()
mapped.addSubnet('::ffff:0.0.0.0', 96, 'ipv6')
const mappedBits = 96

const range = z
  .string()
  .max(64)
  .refine(
    (text) => parseRange(text) !== undefined,
    'must be an address or a range like "10.0.0.0/8" or "2001:db8::/32"',
  )

/** Addresses that calls may come from; an empty list is none. */
export const ipRangesSchema = z.array(range).max(500)

/**
 * Makes the check of a list, once. IPv4 and IPv6 are told apart, but an IPv4 address is the same in either spelling.
 *
 * @param ranges As `ipRangesSchema` takes them.
 * @example
 * compileRanges(['10.0.0.0/8'])?.('::ffff:10.1.2.3') // true
 */
export function compileRanges(ranges: readonly string[] | undefined): AddressCheck | undefined {
  if (ranges === undefined) return undefined
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const text of ranges) {
    const parsed = parseRange(text)
    if (parsed) lists[parsed.family].addSubnet(parsed.address, parsed.prefix, parsed.family)
  }
  return (text) => {
    if (text === undefined) return false
    if (isIPv4(text)) return lists.ipv4.check(text, 'ipv4')
    const [address = ''] = text.split('%')
    if (!isIPv6(address)) return false
    return lists[mapped.check(address, 'ipv6') ? 'ipv4' : 'ipv6'].check(address, 'ipv6')
  }
}

function parseRange(text: string): Range | undefined {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) && !address.includes('%') ? 'ipv6' : undefined
  if (!family || rest.length > 0) return undefined
  const width = family === 'ipv4' ? 32 : 128
  const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  if (!(prefix <= width)) return undefined
  return asIpv4({ address, prefix, family })
}

function asIpv4(range: Range): Range {
  const { address, prefix, family } = range
  if (family === 'ipv4' || prefix < mappedBits || !mapped.check(address, family)) return range
  const dotted = new SocketAddress({ address, family }).address.slice('::ffff:'.length)
  return { address: dotted, prefix: prefix - mappedBits, family: 'ipv4' }
}
