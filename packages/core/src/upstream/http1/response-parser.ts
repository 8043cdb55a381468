import type { WireText } from '../../bytes/wire-text.ts'
import { ConnectionError } from '../connection-error.ts'
import { type ChunkedDecoder, createChunkedDecoder } from './chunked-decoder.ts'
import { malformed, parseResponseHead, type ResponseHead } from './response-head.ts'

export interface ResponseEvents {
  head(head: ResponseHead): void
  /** Bytes of the body, one piece a read however many chunks they came in. */
  data(chunk: WireText): void
  end(head: ResponseHead): void
}

/** Reads answers off one connection, one after another. */
export interface ResponseParser {
  /**
   * Stops behind the end of an answer.
   *
   * @param bytes Read during the call only: the memory may be used again behind it.
   * @returns How many were read; what is behind them nobody has asked for.
   * @throws ConnectionError `malformed`.
   */
  push(bytes: Buffer): number
  /**
   * The connection has ended. Where that is the end of the answer, `end` follows.
   *
   * @throws ConnectionError `closed` where it is not.
   */
  finish(): void
}

const maximumHead = 65_536
const headEnd = '\r\n\r\n'

/** A parser that tells `events` what it reads. */
export function createResponseParser(events: ResponseEvents): ResponseParser {
  let head: ResponseHead | undefined
  /** The beginning of a head whose end has not come. */
  let begun: Buffer | undefined
  let left = 0
  let chunks: ChunkedDecoder | undefined
  let ended = false

  const finishAnswer = () => {
    const finished = head as ResponseHead
    head = undefined
    chunks = undefined
    ended = true
    events.end(finished)
  }
  const openAnswer = (opened: ResponseHead) => {
    const { framing, status } = opened
    if (status === 101) throw malformed('it changes to another protocol')
    // 100 and 103 announce an answer and are none.
    if (status < 200) return
    head = opened
    left = typeof framing === 'number' ? framing : 0
    chunks = framing === 'chunked' ? createChunkedDecoder() : undefined
    events.head(opened)
    if (framing === 'none' || framing === 0) finishAnswer()
  }
  /** Returns where the body begins in `bytes`; their length while the head is incomplete. */
  const readHead = (bytes: Buffer, from: number): number => {
    const rest = from === 0 ? bytes : bytes.subarray(from)
    const known = begun?.length ?? 0
    const all = begun ? Buffer.concat([begun, rest]) : rest
    // The end of the head may be spread over two reads.
    const end = all.indexOf(headEnd, Math.max(0, known - headEnd.length + 1), 'latin1')
    if ((end < 0 ? all.length : end) > maximumHead) throw malformed('its head is too long')
    begun = end < 0 ? Buffer.from(all) : undefined
    if (end < 0) return bytes.length
    openAnswer(parseResponseHead(all.toString('latin1', 0, end)))
    return from + end + headEnd.length - known
  }
  const readChunks = (decoder: ChunkedDecoder, bytes: Buffer, from: number): number => {
    let content = ''
    const at = decoder.push(bytes, from, (start, end) => {
      content += bytes.toString('latin1', start, end)
    })
    if (content !== '') events.data(content as WireText)
    if (decoder.isDone()) finishAnswer()
    return at
  }
  const readBody = ({ framing }: ResponseHead, bytes: Buffer, from: number): number => {
    if (chunks) return readChunks(chunks, bytes, from)
    const end = framing === 'close' ? bytes.length : Math.min(bytes.length, from + left)
    left -= end - from
    events.data(bytes.toString('latin1', from, end) as WireText)
    if (framing !== 'close' && left === 0) finishAnswer()
    return end
  }
  return {
    push(bytes) {
      ended = false
      let at = 0
      while (at < bytes.length && !ended) {
        at = head ? readBody(head, bytes, at) : readHead(bytes, at)
      }
      return at
    },
    finish() {
      if (head?.framing === 'close') finishAnswer()
      else throw new ConnectionError('closed', 'The connection ended before the answer was complete.')
    },
  }
}
