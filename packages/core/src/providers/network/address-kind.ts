import { ipv4Bytes, ipv6Groups } from './ip-groups.ts'

/**
 * Where an address leads: to this machine, into a network of one's own, to the link alone (where clouds keep the
 * credentials of machines), nowhere that one could call, or out into the world.
 */
export type AddressKind = 'loopback' | 'private' | 'link-local' | 'reserved' | 'public'

/**
 * @param address An IP address as text.
 * @returns Undefined for what is no IP address.
 * @example
 * addressKind('169.254.169.254') // 'link-local'
 */
export function addressKind(address: string): AddressKind | undefined {
  const bytes = ipv4Bytes(address)
  if (bytes) return kindOfBytes(bytes)
  const groups = ipv6Groups(address)
  return groups && kindOfGroups(groups)
}

function kindOfBytes([first = 0, second = 0, third = 0]: readonly number[]): AddressKind {
  if (first === 127) return 'loopback'
  if (first === 10 || (first === 172 && second >> 4 === 1) || (first === 192 && second === 168))
    return 'private'
  // Of carriers, and of networks that are spread over the world.
  if (first === 100 && second >> 6 === 1) return 'private'
  if (first === 169 && second === 254) return 'link-local'
  if (first === 0 || first >= 224 || (first === 198 && second >> 1 === 9)) return 'reserved'
  return first === 192 && second === 0 && third === 0 ? 'reserved' : 'public'
}

/** AWS tells machines their credentials in a network that is private otherwise. */
const awsMetadata = [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254]

function kindOfGroups(groups: readonly number[]): AddressKind {
  const [first = 0] = groups
  const embedded = embeddedBytes(groups)
  if (embedded) return kindOfBytes(embedded)
  if (groups.slice(0, 7).every((group) => group === 0)) return groups[7] === 1 ? 'loopback' : 'reserved'
  if (groups.every((group, index) => group === awsMetadata[index])) return 'link-local'
  if (first >> 9 === 0xfc >> 1) return 'private'
  if (first >> 6 === 0xfe80 >> 6) return 'link-local'
  return first >> 8 === 0xff ? 'reserved' : 'public'
}

/** Several kinds of IPv6 addresses are IPv4 addresses that go another way. */
function embeddedBytes(groups: readonly number[]): readonly number[] | undefined {
  const startsWith = (...start: readonly number[]) => start.every((group, index) => groups[index] === group)
  const at = (index: number) =>
    [groups[index] ?? 0, groups[index + 1] ?? 0].flatMap((group) => [group >> 8, group & 255])
  if (startsWith(0, 0, 0, 0, 0, 0xffff) || startsWith(0x64, 0xff9b, 0, 0, 0, 0)) return at(6)
  return startsWith(0x2002) ? at(1) : undefined
}
