import type { StreamWire } from '../dialects/dialect.ts'

/** Counts the bytes of an answer's own text in its frames. */
export interface OutputCounter {
  count(frames: string): void
  bytes(): number
}

const quote = 0x22
const backslash = 0x5c

/** A counter of the string values, escapes and all, of the members that hold an answer's text. */
export function createOutputCounter(wire: StreamWire): OutputCounter {
  const member = memberPattern(wire)
  let bytes = 0
  return {
    count(frames) {
      member.lastIndex = 0
      while (member.test(frames)) {
        const end = endOfValue(frames, member.lastIndex)
        bytes += end - member.lastIndex
        member.lastIndex = end
      }
    },
    bytes: () => bytes,
  }
}

/** Where a string ends; walked, because most are shorter than a search is long. */
function endOfValue(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === quote) return at
    at += code === backslash ? 2 : 1
  }
  return text.length
}

const patterns = new WeakMap<StreamWire, RegExp>()

/** Up to the opening quote of the value. */
function memberPattern(wire: StreamWire): RegExp {
  const known = patterns.get(wire)
  if (known) return known
  const pattern = new RegExp(`"(?:${wire.outputMembers.join('|')})"\\s*:\\s*"`, 'g')
  patterns.set(wire, pattern)
  return pattern
}
