import { bodyOf } from '../../../bytes/body-bytes.ts'
import { asGatewayError, GatewayError } from '../../../errors/gateway-error.ts'
import type { Exchange } from '../../../exchange/exchange.ts'
import { readMember, scanMembers } from '../../json-members.ts'
import { spliceMembers } from '../../splice-members.ts'
import type { SocketRequest } from '../serve-upgrade.ts'

/** Headers of the upgrade that belong to the upgrade alone. */
const ofUpgrade = /^(connection|upgrade|sec-websocket-.*|content-.*|transfer-encoding)$/

/**
 * The request that an event stands for, as if it had been posted; an error where it stands for none. What is billed
 * is what goes upstream: the same bytes, without the members that only sockets have.
 */
export function createdRequest(
  { exchange }: SocketRequest,
  text: string,
): Omit<Exchange, 'sink' | 'hasLeft' | 'onLeave'> | GatewayError {
  try {
    const members = scanMembers(bodyOf([Buffer.from(text)]))
    const type = readMember(members, 'type')
    if (type !== 'response.create') throw unknownEvent(type)
    if (readMember(members, 'generate') === false) throw noWarmUp()
    const edits = new Map<string, string | undefined>([
      ['type', undefined],
      ['stream', 'true'],
    ])
    for (const name of ['generate', 'stream_id']) if (members.spans.has(name)) edits.set(name, undefined)
    const { pieces } = spliceMembers(members, edits)
    const headers = Object.entries(exchange.headers).filter(([name]) => !ofUpgrade.test(name))
    return {
      method: 'POST',
      path: '/v1/responses',
      search: exchange.search,
      headers: { ...Object.fromEntries(headers), 'content-type': 'application/json' },
      body: { kind: 'bytes', bytes: Buffer.concat(pieces) },
      remoteAddress: exchange.remoteAddress,
      source: exchange.source,
    }
  } catch (error) {
    return asGatewayError(error)
  }
}

function unknownEvent(type: unknown): GatewayError {
  const message = `Events of this connection are "response.create", not ${JSON.stringify(type)?.slice(0, 64)}.`
  return new GatewayError({ code: 'invalid_request', message, param: 'type' })
}

/** Its answer would be an id that only a provider's own connection knows. */
function noWarmUp(): GatewayError {
  const message = '"generate": false has no effect here; leave it out.'
  return new GatewayError({ code: 'unsupported_parameter', message, param: 'generate' })
}
