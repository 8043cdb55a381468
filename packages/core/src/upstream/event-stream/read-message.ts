import { crc32 } from 'node:zlib'
import { ConnectionError } from '../connection-error.ts'

/** One message of AWS's binary event streams. */
export interface EventMessage {
  /** Those whose value is text, by name: `:message-type`, `:event-type`, `:exception-type`. */
  readonly headers: ReadonlyMap<string, string>
  readonly payload: Buffer
}

/** Length of the message, length of its headers, checksum of both. */
export const preludeBytes = 12
const checksumBytes = 4
/** More than AWS allows. */
const maximumBytes = 33_554_432

/**
 * The length of the message that these bytes begin.
 *
 * @throws ConnectionError `malformed`
 */
export function readLength(bytes: Buffer): number {
  const length = bytes.readUInt32BE(0)
  const isSound = crc32(bytes.subarray(0, 8)) === bytes.readUInt32BE(8)
  if (!isSound || length < preludeBytes + checksumBytes || length > maximumBytes) throw malformed()
  return length
}

/**
 * @param bytes Exactly one message.
 * @throws ConnectionError `malformed`
 */
export function readMessage(bytes: Buffer): EventMessage {
  const end = bytes.length - checksumBytes
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32BE(end)) throw malformed()
  const payloadStart = preludeBytes + bytes.readUInt32BE(4)
  if (payloadStart > end) throw malformed()
  return {
    headers: readHeaders(bytes.subarray(preludeBytes, payloadStart)),
    payload: bytes.subarray(payloadStart, end),
  }
}

/** Bytes of values by their type; those of 6 and 7 say their own length. */
const sizes: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16]
const textType = 7

function readHeaders(bytes: Buffer): Map<string, string> {
  const headers = new Map<string, string>()
  let at = 0
  try {
    while (at < bytes.length) {
      const nameEnd = at + 1 + bytes.readUInt8(at)
      const name = bytes.toString('latin1', at + 1, nameEnd)
      const type = bytes.readUInt8(nameEnd)
      if (type >= sizes.length) throw malformed()
      const size = sizes[type] ?? bytes.readUInt16BE(nameEnd + 1)
      const start = nameEnd + 1 + (sizes[type] === undefined ? 2 : 0)
      at = start + size
      if (at > bytes.length) throw malformed()
      if (type === textType) headers.set(name, bytes.toString('utf8', start, at))
    }
  } catch {
    throw malformed()
  }
  return headers
}

function malformed(): ConnectionError {
  return new ConnectionError('malformed', 'The event stream is not as AWS writes it.')
}
