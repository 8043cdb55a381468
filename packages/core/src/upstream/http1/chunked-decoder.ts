import { malformed } from './response-head.ts'

/** Takes the framing of `transfer-encoding: chunked` off, however the bytes were cut on the way. */
export interface ChunkedDecoder {
  /**
   * Reads from `at` on and passes the ranges of content to `emit`.
   *
   * @returns Where reading stopped: the end of the bytes, or the first byte behind the last chunk.
   * @throws ConnectionError `malformed`.
   */
  push(bytes: Buffer, at: number, emit: (from: number, to: number) => void): number
  /** The last chunk and its trailers have come. */
  isDone(): boolean
}

/** Extensions and trailers are read over, but not without end. */
const maximumOverhead = 65_536
/** 2^40: nothing that a provider sends comes near, and the sum stays exact. */
const maximumChunk = 1_099_511_627_776

const carriageReturn = 0x0d
const newline = 0x0a
const semicolon = 0x3b

const size = 0
const extension = 1
const sizeEnd = 2
const content = 3
const contentReturn = 4
const contentEnd = 5
const trailerStart = 6
const trailer = 7
const trailerEnd = 8
const lastEnd = 9
const done = 10

export function createChunkedDecoder(): ChunkedDecoder {
  let state = size
  let left = 0
  let digits = 0
  let overhead = 0

  const spare = (byte: number, end: number, otherwise: number): number => {
    if (++overhead > maximumOverhead) throw malformed('its chunks carry too much beside their content')
    return byte === carriageReturn ? end : otherwise
  }
  const readSize = (byte: number): number => {
    const digit = hexDigit(byte)
    if (digit >= 0) {
      left = left * 16 + digit
      digits += 1
      if (left > maximumChunk || digits > 16) throw malformed('a chunk is too large')
      return size
    }
    if (digits === 0) throw malformed('a chunk has no size')
    if (byte === carriageReturn) return sizeEnd
    if (byte === semicolon || byte === 0x20 || byte === 0x09) return extension
    throw malformed('the size of a chunk is not a number')
  }
  /** Everything but content, a byte at a time. */
  const step = (byte: number): number => {
    switch (state) {
      case size:
        return readSize(byte)
      case extension:
        return spare(byte, sizeEnd, extension)
      case sizeEnd:
        return expect(byte, newline, left === 0 ? trailerStart : content)
      case contentReturn:
        return expect(byte, carriageReturn, contentEnd)
      case contentEnd:
        left = 0
        digits = 0
        return expect(byte, newline, size)
      case trailerStart:
        return spare(byte, lastEnd, trailer)
      case trailer:
        return spare(byte, trailerEnd, trailer)
      case trailerEnd:
        return expect(byte, newline, trailerStart)
      default:
        return expect(byte, newline, done)
    }
  }
  return {
    push(bytes, from, emit) {
      let at = from
      while (at < bytes.length && state !== done) {
        if (state !== content) {
          state = step(bytes[at++] as number)
          continue
        }
        const end = Math.min(bytes.length, at + left)
        emit(at, end)
        left -= end - at
        at = end
        if (left === 0) state = contentReturn
      }
      return at
    },
    isDone: () => state === done,
  }
}

function expect(byte: number, wanted: number, next: number): number {
  if (byte === wanted) return next
  throw malformed('a chunk does not end where it should')
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
