/** Follows one answer on a raw connection with as little work as will tell its true end from a false one. */
export interface ResponseReader {
  /** Takes the bytes of one read. */
  push(bytes: Buffer): void
  readonly status: number
  /** Without the framing of chunks. */
  readonly bodyBytes: number
  readonly complete: boolean
  /** Chunks of the framing: how often the server wrote, 1 for a body of known length. */
  readonly pieces: number
  /** The last piece of the body, for looking at how it ended. */
  readonly lastPiece: string
}

type Body = Pick<ResponseReader, 'push' | 'bodyBytes' | 'complete' | 'pieces'>

/**
 * @example
 * const reader = createResponseReader()
 * socket.on('data', (bytes) => reader.push(bytes))
 */
export function createResponseReader(): ResponseReader {
  let head = ''
  let status = 0
  let body: Body | undefined
  let last: Buffer | undefined
  const readHead = (bytes: Buffer): Buffer | undefined => {
    const before = head.length
    head += bytes.toString('latin1')
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return undefined
    status = Number(head.slice(9, 12))
    body = createBody(head.slice(0, end).toLowerCase())
    return bytes.subarray(end + 4 - before)
  }
  return {
    push(bytes) {
      const rest = body ? bytes : readHead(bytes)
      if (!rest || rest.length === 0) return
      last = rest
      body?.push(rest)
    },
    get status() {
      return status
    },
    get bodyBytes() {
      return body?.bodyBytes ?? 0
    },
    get complete() {
      return body?.complete ?? false
    },
    get pieces() {
      return body?.pieces ?? 0
    },
    get lastPiece() {
      return last?.toString('latin1') ?? ''
    },
  }
}

function createBody(head: string): Body {
  const length = /\r\ncontent-length: *(\d+)/.exec(head)
  return length ? createSizedBody(Number(length[1])) : createChunkedBody()
}

function createSizedBody(length: number): Body {
  let bodyBytes = 0
  return {
    pieces: 1,
    push(bytes) {
      bodyBytes += bytes.length
    },
    get bodyBytes() {
      return bodyBytes
    },
    get complete() {
      return bodyBytes >= length
    },
  }
}

const lineFeed = 0x0a

/** Size lines and data in turn; a chunk of size 0 and an empty line are the end. */
function createChunkedBody(): Body {
  let bodyBytes = 0
  let complete = false
  let pieces = 0
  let sizeLine = ''
  /** Bytes of data and the line end behind them that are still to come. */
  let remaining = 0
  let ending = false
  const readSize = (bytes: Buffer, from: number): number => {
    const end = bytes.indexOf(lineFeed, from)
    sizeLine += bytes.toString('latin1', from, end < 0 ? bytes.length : end + 1)
    if (end < 0) return bytes.length
    const size = Number.parseInt(sizeLine, 16)
    sizeLine = ''
    bodyBytes += size
    remaining = size + 2
    ending = size === 0
    if (!ending) pieces++
    return end + 1
  }
  const readData = (bytes: Buffer, from: number): number => {
    const taken = Math.min(remaining, bytes.length - from)
    remaining -= taken
    complete = ending && remaining === 0
    return from + taken
  }
  return {
    push(bytes) {
      let at = 0
      while (at < bytes.length) at = remaining > 0 ? readData(bytes, at) : readSize(bytes, at)
    },
    // Data that is announced but has not come does not count.
    get bodyBytes() {
      return bodyBytes - Math.max(0, remaining - 2)
    },
    get complete() {
      return complete
    },
    get pieces() {
      return pieces
    },
  }
}
