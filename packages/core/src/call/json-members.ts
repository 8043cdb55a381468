import { GatewayError } from '../errors/gateway-error.ts'

/** Where a top-level member's value stands in the bytes: `[start, end)`. */
export interface MemberSpan {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Top-level members of a JSON object in the order they came, found without parsing their values. */
export interface JsonMembers {
  readonly bytes: Buffer
  /** By name in lower case: to some providers `Model` and `model` are one member. */
  readonly spans: ReadonlyMap<string, MemberSpan>
  /** Offset of the closing brace. */
  readonly close: number
}

/** Deeper nesting is refused: nothing honest needs it, and recursive readers down the line would break. */
const maximumDepth = 512

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/**
 * Finds the top-level members of a JSON body. A long string costs one native search. Members named twice
 * are refused: a gateway that bills one `model` while the provider runs another has been robbed.
 *
 * @throws GatewayError `invalid_request` when the body is no JSON object, names a member twice (in whatever
 * letters) or nests deeper than 512.
 */
export function scanMembers(bytes: Buffer): JsonMembers {
  const spans = new Map<string, MemberSpan>()
  let at = skipSpace(bytes, 0)
  if (bytes[at] !== openBrace) throw malformed(at)
  at = skipSpace(bytes, at + 1)
  while (bytes[at] !== closeBrace) {
    at = scanMember(bytes, at, spans)
    if (bytes[at] === comma) {
      at = skipSpace(bytes, at + 1)
      if (bytes[at] === closeBrace) throw malformed(at)
    } else if (bytes[at] !== closeBrace) throw malformed(at)
  }
  if (skipSpace(bytes, at + 1) !== bytes.length) throw malformed(at + 1)
  return { bytes, spans, close: at }
}

function scanMember(bytes: Buffer, at: number, spans: Map<string, MemberSpan>): number {
  if (bytes[at] !== quote) throw malformed(at)
  const nameEnd = endOfString(bytes, at)
  const name = readName(bytes, at, nameEnd)
  const folded = name.toLowerCase()
  if (spans.has(folded)) throw occursTwice(name)
  const separator = skipSpace(bytes, nameEnd)
  if (bytes[separator] !== colon) throw malformed(separator)
  const start = skipSpace(bytes, separator + 1)
  const end = endOfValue(bytes, start)
  spans.set(folded, { name, start, end })
  return skipSpace(bytes, end)
}

function occursTwice(name: string): GatewayError {
  const param = name.slice(0, 64)
  const message = `The member "${param}" occurs twice in the request body.`
  return new GatewayError({ code: 'invalid_request', message, param })
}

/** `"mod\u0065l"` is the member `model` to every provider, so escapes are undone before comparing. */
function readName(bytes: Buffer, start: number, end: number): string {
  const plain = bytes.toString('utf8', start + 1, end - 1)
  if (!plain.includes('\\')) return plain
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as string
  } catch {
    throw malformed(start)
  }
}

function endOfValue(bytes: Buffer, start: number): number {
  const first = bytes[start]
  if (first === quote) return endOfString(bytes, start)
  if (first === openBrace || first === openBracket) return endOfNested(bytes, start)
  let at = start
  while (isLiteral(bytes[at])) at++
  if (at === start) throw malformed(start)
  return at
}

function endOfNested(bytes: Buffer, start: number): number {
  let depth = 0
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === quote) at = endOfString(bytes, at) - 1
    else if (byte === openBrace || byte === openBracket) {
      if (++depth > maximumDepth) throw tooDeep()
    } else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return at + 1
  }
  throw malformed(bytes.length)
}

/** Offset behind the closing quote. Short strings are walked, long ones searched natively. */
function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1
  const near = Math.min(bytes.length, at + 16)
  while (at < near) {
    const byte = bytes[at]
    if (byte === quote) return at + 1
    at += byte === backslash ? 2 : 1
  }
  for (;;) {
    const end = bytes.indexOf(quote, at)
    if (end < 0) throw malformed(bytes.length)
    if (!isEscaped(bytes, end, at)) return end + 1
    at = end + 1
  }
}

/** An odd number of backslashes before a quote makes it part of the string. */
function isEscaped(bytes: Buffer, at: number, from: number): boolean {
  let count = 0
  while (at - 1 - count >= from && bytes[at - 1 - count] === backslash) count++
  return count % 2 === 1
}

function isLiteral(byte: number | undefined): boolean {
  if (byte === undefined) return false
  // Digits, letters, and the signs of numbers: `-1.5e+3`, `true`, `null`.
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e ||
    byte === 0x45
  )
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++
  return at
}

function malformed(at: number): GatewayError {
  return new GatewayError({
    code: 'invalid_request',
    message: `The request body is not a JSON object (near byte ${at}).`,
  })
}

function tooDeep(): GatewayError {
  return new GatewayError({
    code: 'invalid_request',
    message: `The request body nests deeper than ${maximumDepth} levels.`,
  })
}

/** Where a member of exactly this name stands; names are in lower case here. */
export function findMember({ spans }: JsonMembers, name: string): MemberSpan | undefined {
  const span = spans.get(name)
  return span?.name === name ? span : undefined
}

/** The parsed value of one member; undefined when it is absent. */
export function readMember(members: JsonMembers, name: string): unknown {
  const span = findMember(members, name)
  if (!span) return undefined
  try {
    return JSON.parse(members.bytes.toString('utf8', span.start, span.end))
  } catch (cause) {
    throw new GatewayError({
      code: 'invalid_request',
      message: `The member "${name}" of the request body is not valid JSON.`,
      param: name,
      cause,
    })
  }
}
