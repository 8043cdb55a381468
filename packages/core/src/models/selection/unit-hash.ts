/**
 * A number above 0 and below 1 that belongs to a text: the same in every process, and evenly spread over texts. No
 * secret depends on it.
 *
 * @example
 * unitHash('conversation-1 openai:gpt-4o') < 0.5 // for about half of all texts
 */
export function unitHash(text: string): number {
  let high = 0x9e3779b9
  let low = 0x85ebca6b
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    high = Math.imul(high ^ unit, 0x9e3779b1)
    low = Math.imul(low ^ unit, 0x5f356495)
  }
  const upper = mix(high ^ (low >>> 15))
  const lower = mix(low ^ upper)
  // 53 bits are what a number carries exactly; the half keeps it off both ends.
  return ((upper >>> 0) * 0x20_0000 + (lower >>> 11) + 0.5) / 2 ** 53
}

/** Every bit of the input moves every bit of the output. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
