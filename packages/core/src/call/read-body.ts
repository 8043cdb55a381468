import { brotliDecompress, gunzip, inflate, type ZlibOptions, zstdDecompress } from 'node:zlib'
import { asBuffer } from '../bytes/as-buffer.ts'
import { type BodyBytes, bodyOf } from '../bytes/body-bytes.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { bodyTooLarge } from '../exchange/body-limit.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { HeaderMap } from '../upstream/transport.ts'

type Decompress = (
  bytes: Uint8Array,
  options: ZlibOptions,
  done: (error: Error | null, result: Buffer) => void,
) => void

const decoders = new Map<string, Decompress>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', brotliDecompress as Decompress],
  ['zstd', zstdDecompress as Decompress],
])

/**
 * The request body as UTF-8 JSON bytes, decompressed. A body that the host's parser has already turned
 * into a value is written out again; what the parser lost (integers above 2^53) cannot come back.
 *
 * @param limit Bytes, counted after decompression.
 */
export function readBody(exchange: Exchange, limit: number): BodyBytes | Promise<BodyBytes> {
  const { body, headers } = exchange
  refuseOtherCharsets(headers['content-type'])
  if (body.kind === 'parsed') return within(Buffer.from(writeOut(body.value)), limit)
  // A mounted parser has undone the encoding already.
  if (body.kind === 'bytes') return within(asBuffer(body.bytes), limit)
  const encoding = headers['content-encoding']
  const bytes = body.read(limit)
  if (encoding === undefined || encoding === 'identity') return bytes
  return bytes.then(({ pieces }) => decompress(Buffer.concat(pieces), String(encoding), limit))
}

function writeOut(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch (cause) {
    // Writing recurses where parsing did not.
    const message = 'The request body nests too deeply.'
    throw new GatewayError({ code: 'invalid_request', message, cause })
  }
}

function within(bytes: Buffer, limit: number): BodyBytes {
  if (bytes.length > limit) throw bodyTooLarge(limit)
  return bodyOf([bytes])
}

/** In another charset the provider could read other members than the gateway does. */
function refuseOtherCharsets(contentType: HeaderMap[string]): void {
  if (contentType === undefined || contentType === 'application/json') return
  const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(String(contentType))?.[1]
  if (charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset)) return
  throw new GatewayError({
    code: 'unsupported_media_type',
    message: `The request body must be UTF-8, not ${charset.slice(0, 32)}.`,
  })
}

function decompress(bytes: Buffer, encoding: string, limit: number): Promise<BodyBytes> {
  const decode = decoders.get(encoding.trim().toLowerCase())
  if (!decode) {
    throw new GatewayError({
      code: 'unsupported_media_type',
      message: `The content-encoding "${encoding.slice(0, 32)}" is not supported; use gzip, deflate, br or zstd.`,
    })
  }
  return new Promise((resolve, reject) => {
    decode(bytes, { maxOutputLength: limit }, (error, result) => {
      if (!error) return resolve(bodyOf([result]))
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return reject(bodyTooLarge(limit))
      const message = `The request body is not valid ${encoding.slice(0, 32)} data.`
      reject(new GatewayError({ code: 'invalid_request', message, cause: error }))
    })
  })
}
