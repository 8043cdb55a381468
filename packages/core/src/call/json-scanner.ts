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

const quotes = 1
const opens = 2
const closes = 3
/** What a byte means in what is nested, outside strings. */
const kinds = new Uint8Array(256)
kinds[quote] = quotes
kinds[openBrace] = kinds[openBracket] = opens
kinds[closeBrace] = kinds[closeBracket] = closes

/** Where the scan stands: before something, or in it. */
type State =
  | 'start'
  | 'first name'
  | 'name'
  | 'in name'
  | 'colon'
  | 'value'
  | 'in string'
  | 'in nested'
  | 'in nested string'
  | 'in literal'
  | 'separator'
  | 'end'

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
  let state: State = 'start'
  let base = 0
  let depth = 0
  /** The next byte belongs to an escape that the last piece began. */
  let escaped = false
  let nameStart = 0
  let nameEnd = 0
  let start = 0
  let close = 0

  const finishValue = (end: number) => {
    state = 'separator'
    onMember({ nameStart, nameEnd, start, end })
  }
  const leaveString = (end: number) => {
    if (state === 'in nested string') state = 'in nested'
    else if (state === 'in string') finishValue(end)
    else {
      nameEnd = end
      state = 'colon'
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
  const readNestedString = (piece: Buffer, from: number): number => {
    const end = endOfString(piece, from)
    if (end >= 0) return end
    state = 'in nested string'
    escaped = isEscaped(piece, from, piece.length)
    return piece.length
  }
  const readNested = (piece: Buffer, from: number): number => {
    let at = from
    while (at < piece.length) {
      const kind = kinds[piece[at] as number]
      if (kind === quotes) {
        at = readNestedString(piece, at + 1)
        continue
      }
      at++
      if (kind === opens && ++depth > maximumDepth) throw tooDeep()
      if (kind === closes && --depth === 0) {
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
  const beginValue = (byte: number | undefined, at: number): number => {
    start = base + at
    if (byte === quote) state = 'in string'
    else if (byte === openBrace || byte === openBracket) state = 'in nested'
    else if (isLiteral(byte ?? 0)) state = 'in literal'
    else throw malformed(start)
    // Brackets are counted by who reads what is nested.
    return byte === quote ? at + 1 : at
  }
  /** Reads the one byte between things that says what comes next. */
  const readMark = (piece: Buffer, at: number): number => {
    const byte = piece[at]
    if (state === 'value') return beginValue(byte, at)
    const next = follow(state, byte)
    if (next === undefined) throw malformed(base + at)
    if (next === 'in name') nameStart = base + at
    if (next === 'end') close = base + at
    state = next
    return at + 1
  }
  const readers: Partial<Record<State, (piece: Buffer, at: number) => number>> = {
    'in name': readString,
    'in string': readString,
    'in nested': readNested,
    'in nested string': readString,
    'in literal': readLiteral,
  }
  return {
    read(piece) {
      let at = 0
      while (at < piece.length) {
        const reader = readers[state]
        if (reader) at = reader(piece, at)
        else if (isSpace(piece[at] as number)) at++
        else at = readMark(piece, at)
      }
      base += piece.length
    },
    finish() {
      if (state !== 'end') throw malformed(base)
      return close
    },
  }
}

/** What follows when a byte stands between things; undefined where it may not. */
function follow(state: State, byte: number | undefined): State | undefined {
  if (state === 'start') return byte === openBrace ? 'first name' : undefined
  if (state === 'colon') return byte === colon ? 'value' : undefined
  if (state === 'separator' && byte === comma) return 'name'
  if ((state === 'separator' || state === 'first name') && byte === closeBrace) return 'end'
  return (state === 'name' || state === 'first name') && byte === quote ? 'in name' : undefined
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
