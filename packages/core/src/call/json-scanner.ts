import { GatewayError } from '../errors/gateway-error.ts'
import { endOfString, isEscaped } from './json-string.ts'

/** Deeper nesting is refused: nothing honest needs it, and recursive readers down the line would break. */
const maximumDepth = 512

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

const other = 0
const quotes = 1
const opens = 2
const closes = 3
/** What a byte means in what is nested, outside strings. */
const kinds = new Uint8Array(256)
kinds[quote] = quotes
kinds[openBrace] = kinds[openBracket] = opens
kinds[closeBrace] = kinds[closeBracket] = closes

/** Where the scan stands: before something, or in it. Numbers, because this is asked for every mark. */
type State = number
const beforeObject = 0
const beforeFirstName = 1
const beforeName = 2
const beforeColon = 3
const beforeValue = 4
const beforeSeparator = 5
const afterObject = 6
const inName = 7
const inString = 8
const inNested = 9
const inNestedString = 10
const inLiteral = 11

const nowhere = 0
/** What comes behind a byte that stands between things. */
const marks = new Uint8Array(256 * inName)
const follow = (state: State, byte: number, next: State) => {
  marks[state * 256 + byte] = next
}
follow(beforeObject, openBrace, beforeFirstName)
follow(beforeFirstName, quote, inName)
follow(beforeFirstName, closeBrace, afterObject)
follow(beforeName, quote, inName)
follow(beforeColon, colon, beforeValue)
follow(beforeSeparator, comma, beforeName)
follow(beforeSeparator, closeBrace, afterObject)

export interface JsonScanner {
  /** Reads the next piece of the body. */
  read(piece: Buffer): void
  /** @returns Offset of the closing brace. */
  finish(): number
}

export interface MemberRange {
  /** The name with its quotes. */
  readonly nameStart: number
  readonly nameEnd: number
  readonly start: number
  readonly end: number
}

/**
 * Finds the top-level members of a JSON object without parsing their values, however its bytes are cut. A long
 * string costs one native search.
 *
 * @param onMember Called for each member in order, with offsets from the beginning of the first piece.
 * @throws GatewayError `invalid_request`, from `read` or `finish`, when the bytes are no JSON object or nest
 * deeper than 512.
 */
export function createJsonScanner(onMember: (range: MemberRange) => void): JsonScanner {
  let state: State = beforeObject
  let base = 0
  let depth = 0
  /** The next byte belongs to an escape that the last piece began. */
  let escaped = false
  let nameStart = 0
  let nameEnd = 0
  let start = 0
  let close = 0

  const finishValue = (end: number) => {
    state = beforeSeparator
    onMember({ nameStart, nameEnd, start, end })
  }
  const leaveString = (end: number) => {
    if (state === inNestedString) state = inNested
    else if (state === inString) finishValue(end)
    else {
      nameEnd = end
      state = beforeColon
    }
  }
  const readString = (piece: Buffer, at: number): number => {
    const from = escaped ? at + 1 : at
    const end = endOfString(piece, from)
    escaped = end < 0 && isEscaped(piece, from, piece.length)
    if (end < 0) return piece.length
    leaveString(base + end)
    return end
  }
  const breakString = (piece: Buffer, from: number): number => {
    state = inNestedString
    escaped = isEscaped(piece, from, piece.length)
    return piece.length
  }
  /** True for the bracket that closes the value. */
  const closesValue = (kind: number): boolean => {
    if (kind === opens && ++depth > maximumDepth) throw tooDeep()
    return kind === closes && --depth === 0
  }
  const readNested = (piece: Buffer, from: number): number => {
    let at = from
    while (at < piece.length) {
      const kind = kinds[piece[at++] as number] as number
      if (kind === quotes) {
        const end = endOfString(piece, at)
        if (end < 0) return breakString(piece, at)
        at = end
      } else if (kind !== other && closesValue(kind)) {
        finishValue(base + at)
        return at
      }
    }
    return at
  }
  const readLiteral = (piece: Buffer, from: number): number => {
    let at = from
    while (at < piece.length && isLiteral(piece[at] as number)) at++
    if (at < piece.length) finishValue(base + at)
    return at
  }
  const beginValue = (byte: number, at: number): number => {
    start = base + at
    if (byte === quote) state = inString
    else if (byte === openBrace || byte === openBracket) state = inNested
    else if (isLiteral(byte)) state = inLiteral
    else throw malformed(start)
    // Brackets are counted by who reads what is nested.
    return byte === quote ? at + 1 : at
  }
  /** Reads the one byte between things that says what comes next. */
  const readMark = (piece: Buffer, at: number): number => {
    const byte = piece[at] as number
    if (isSpace(byte)) return at + 1
    if (state === beforeValue) return beginValue(byte, at)
    const next = marks[state * 256 + byte] as State
    if (next === nowhere) throw malformed(base + at)
    if (next === inName) nameStart = base + at
    if (next === afterObject) close = base + at
    state = next
    return at + 1
  }
  return {
    read(piece) {
      let at = 0
      while (at < piece.length) {
        if (state < inName) at = readMark(piece, at)
        else if (state === inNested) at = readNested(piece, at)
        else if (state === inLiteral) at = readLiteral(piece, at)
        else at = readString(piece, at)
      }
      base += piece.length
    },
    finish() {
      if (state !== afterObject) throw malformed(base)
      return close
    },
  }
}

/** Digits, letters, and the signs of numbers: `-1.5e+3`, `true`, `null`. */
function isLiteral(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e ||
    byte === 0x45
  )
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** The refusal of a body that is no JSON object. */
export function malformed(at: number, cause?: unknown): GatewayError {
  return new GatewayError({
    code: 'invalid_request',
    message: `The request body is not a JSON object (near byte ${at}).`,
    cause,
  })
}

function tooDeep(): GatewayError {
  return new GatewayError({
    code: 'invalid_request',
    message: `The request body nests deeper than ${maximumDepth} levels.`,
  })
}
