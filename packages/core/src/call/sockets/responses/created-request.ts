import { bodyOf } from '../../../bytes/body-bytes.ts'
import { asGatewayError, GatewayError } from '../../../errors/gateway-error.ts'
import type { Exchange } from '../../../exchange/exchange.ts'
import { readMember, scanMembers } from '../../json-members.ts'
import { spliceMembers } from '../../splice-members.ts'
import type { SocketRequest } from '../serve-upgrade.ts'
import type { ConnectionMemory } from './connection-memory.ts'

/** Headers of the upgrade that belong to the upgrade alone. */
const ofUpgrade = /^(connection|upgrade|sec-websocket-.*|content-.*|transfer-encoding)$/
/** What `openai-beta` says of the connection, and not of its requests. */
const ofSocketBeta = /^responses_websockets=[\w-]+$/

/** A request that came as an event. */
export interface CreatedRequest {
  readonly exchange: Omit<Exchange, 'sink' | 'hasLeft' | 'onLeave'>
  /** It only says what will be gone on from. */
  readonly isWarmUp: boolean
}

/** Members that only sockets have. */
const ofSockets = ['type', 'generate', 'stream_id'] as const

/**
 * The request that an event stands for, as if it had been posted; an error where it stands for none, and undefined
 * where it asks for nothing. What is billed is what goes upstream: the same bytes, without the members that only
 * sockets have, and with the whole input where the event goes on from this connection's last answer.
 */
export function createdRequest(
  { exchange }: SocketRequest,
  text: string,
  memory: ConnectionMemory,
): CreatedRequest | GatewayError | undefined {
  try {
    const sent = scanMembers(bodyOf([Buffer.from(text)]))
    const type = readMember(sent, 'type')
    if (type === 'response.processed') return undefined
    if (type !== 'response.create') throw unknownEvent(type)
    const edits = new Map<string, string | undefined>([['stream', 'true']])
    for (const name of ofSockets) if (sent.spans.has(name)) edits.set(name, undefined)
    const isWarmUp = readMember(sent, 'generate') === false
    const whole = memory.wholeInput(sent)
    if (isWarmUp && whole === undefined && readMember(sent, 'previous_response_id')) throw goneOn()
    if (whole !== undefined) edits.set('input', whole).set('previous_response_id', undefined)
    const body = spliceMembers(sent, edits)
    memory.asked(scanMembers(body))
    const headers = Object.entries(exchange.headers).filter(
      ([name, value]) => !ofUpgrade.test(name) && !ofSocketBeta.test(String(value)),
    )
    return {
      isWarmUp,
      exchange: {
        method: 'POST',
        path: '/v1/responses',
        search: exchange.search,
        headers: { ...Object.fromEntries(headers), 'content-type': 'application/json' },
        body: { kind: 'bytes', bytes: Buffer.concat(body.pieces) },
        remoteAddress: exchange.remoteAddress,
        source: exchange.source,
      },
    }
  } catch (error) {
    return asGatewayError(error)
  }
}

/** Nobody here has what it goes on from, and nobody else is asked. */
function goneOn(): GatewayError {
  const message = 'With "generate": false, a request goes on from the last answer of its connection alone.'
  return new GatewayError({ code: 'unsupported_parameter', message, param: 'previous_response_id' })
}

function unknownEvent(type: unknown): GatewayError {
  const message = `Events of this connection are "response.create", not ${JSON.stringify(type)?.slice(0, 64)}.`
  return new GatewayError({ code: 'invalid_request', message, param: 'type' })
}
