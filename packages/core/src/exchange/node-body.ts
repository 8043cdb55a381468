import type { IncomingMessage } from 'node:http'
import { type BodyBytes, bodyOf } from '../bytes/body-bytes.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { bodyTooLarge } from './body-limit.ts'
import type { ExchangeBody } from './exchange.ts'

/**
 * Decides once where the body of a node request is. A parser mounted before us has drained the stream and
 * left `parsed`; `{}` and `''` are bodies too, so only `undefined` means that nobody read it. But some
 * parsers leave `{}` as well when the content type is none of theirs; then the stream is still whole.
 */
export function nodeBody(request: IncomingMessage, parsed: unknown): ExchangeBody {
  if (Buffer.isBuffer(parsed)) return { kind: 'bytes', bytes: parsed }
  if (typeof parsed === 'string') return { kind: 'bytes', bytes: Buffer.from(parsed) }
  if (parsed !== undefined && !isUnread(request, parsed)) return { kind: 'parsed', value: parsed }
  return { kind: 'stream', read: (limit) => readNodeBody(request, limit), open: () => request }
}

function isUnread(request: IncomingMessage, parsed: unknown): boolean {
  const { headers, readableDidRead } = request
  const announced = Number(headers['content-length']) > 0 || headers['transfer-encoding'] !== undefined
  return announced && !readableDidRead && isEmptyObject(parsed)
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function readNodeBody(request: IncomingMessage, limit: number): Promise<BodyBytes> {
  if (request.readableEnded) return Promise.reject(drained())
  if (request.destroyed) return Promise.reject(leftEarly())
  if (Number(request.headers['content-length']) > limit) return Promise.reject(bodyTooLarge(limit))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) return void chunks.push(chunk)
      // Listening ends but reading goes on, so that the client gets to see the answer.
      request.off('data', onData)
      request.resume()
      reject(bodyTooLarge(limit))
    }
    request.on('data', onData)
    request.on('end', () => resolve(bodyOf(chunks)))
    request.on('error', reject)
  })
}

/** Nobody reads this: its client has gone, and with it what was still to come. */
function leftEarly(): GatewayError {
  const message = 'The client left before its request was complete.'
  return new GatewayError({ code: 'invalid_request', message })
}

function drained(): GatewayError {
  return new GatewayError({
    code: 'internal',
    message: 'The request body was read by another middleware that did not leave it in the request.',
  })
}
