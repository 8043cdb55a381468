/** Numbers from 0 to 1 that are the same in every run. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/**
 * Wire text in pieces that nobody would choose: within characters of several bytes, between CR and LF, anywhere.
 *
 * @param pieces How many there are besides.
 */
export function shatter(text: string, pieces: number, random: () => number): readonly Uint8Array[] {
  const bytes = Buffer.from(text)
  const cuts = new Set([0, bytes.length])
  bytes.forEach((byte, at) => {
    const isInside = (byte & 0xc0) === 0x80 || (byte === 0x0a && bytes[at - 1] === 0x0d)
    // Not at each of them, or long answers would come byte by byte.
    if (isInside && random() < 0.2) cuts.add(at)
  })
  for (let count = 0; count < pieces; count += 1) cuts.add(Math.floor(random() * bytes.length))
  const edges = [...cuts].sort((one, other) => one - other)
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge))
}
