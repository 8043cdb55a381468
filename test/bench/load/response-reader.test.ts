import { describe, expect, it } from 'vitest'
import { createResponseReader } from './response-reader.ts'

const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nb\r\n big\r\nworld\r\n0\r\n\r\n'
const sized = 'HTTP/1.1 402 Payment Required\r\nContent-Length: 5\r\n\r\nhello'

function readInPieces(text: string, size: number) {
  const reader = createResponseReader()
  for (let at = 0; at < text.length; at += size) reader.push(Buffer.from(text.slice(at, at + size)))
  return { status: reader.status, bodyBytes: reader.bodyBytes, complete: reader.complete }
}

describe('the reader of answers', () => {
  it.each([1, 2, 3, 7, 1000])('counts a chunked body that comes %i bytes at a time', (size) => {
    expect(readInPieces(chunked, size)).toEqual({ status: 200, bodyBytes: 16, complete: true })
  })

  it.each([1, 4, 1000])('counts a body of known length that comes %i bytes at a time', (size) => {
    expect(readInPieces(sized, size)).toEqual({ status: 402, bodyBytes: 5, complete: true })
  })

  it.each([1, 5])('does not take an answer for complete whose last %i bytes are missing', (missing) => {
    expect(readInPieces(chunked.slice(0, -missing), 1000)).toMatchObject({ bodyBytes: 16, complete: false })
    expect(readInPieces(sized.slice(0, -missing), 1000)).toMatchObject({
      bodyBytes: 5 - missing,
      complete: false,
    })
  })
})
