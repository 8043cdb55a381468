import { Readable } from 'node:stream'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { Exchange } from '../../exchange/exchange.ts'

function isAnnounced(headers: Exchange['headers']): boolean {
  return Number(headers['content-length']) > 0 || headers['transfer-encoding'] !== undefined
}

/**
 * The client's body as a stream, whoever has read it before.
 *
 * @throws GatewayError `invalid_request` for a form that a parser in front has taken apart: nobody can put it
 * together again.
 */
export function openBody({ body, headers }: Exchange): Readable {
  if (body.kind === 'stream') return body.open()
  if (body.kind === 'bytes') return Readable.from([body.bytes])
  // Parsers leave `{}` where there was nothing to read.
  if (!isAnnounced(headers)) return Readable.from([])
  if (/json/i.test(String(headers['content-type'])))
    return Readable.from([Buffer.from(JSON.stringify(body.value))])
  const message = 'The body was read by a parser in front of the gateway; mount the gateway before it.'
  throw new GatewayError({ code: 'invalid_request', message })
}
