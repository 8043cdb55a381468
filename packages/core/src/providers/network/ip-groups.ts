/** The four numbers of an IPv4 address; undefined for what is none. */
export function ipv4Bytes(address: string): readonly number[] | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return undefined
  const bytes = address.split('.').map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes : undefined
}

/** The eight groups of an IPv6 address, with or without brackets; undefined for what is none. */
export function ipv6Groups(address: string): readonly number[] | undefined {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  // The one spelling of the standard: lower case, the longest run of zeros left out, no dotted ends.
  const url = `http://[${bare}]/`
  if (!bare.includes(':') || !URL.canParse(url)) return undefined
  const [head = '', tail] = new URL(url).hostname.slice(1, -1).split('::')
  const [before, after] = [groups(head), groups(tail ?? '')]
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
