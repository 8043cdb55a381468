import { GatewayError } from '../errors/gateway-error.ts'
import type { HeaderMap } from '../upstream/transport.ts'

/** The header that names the gateways a request has come through. */
export const viaHeader = 'tollgate-via'

/** How this gateway is known to itself in requests that come back. */
export interface GatewayMark {
  /** What its requests carry. */
  readonly text: string
  /** Every text that it, or another process over the same store, may have sent. */
  has(text: string): boolean
}

/** Gateways that a request may come through, in all. */
const mostGateways = 8

/**
 * Refuses a request that this gateway has sent, or that has come through too many others: whoever names a gateway as
 * its own provider would otherwise pay for a call without an end.
 *
 * @throws GatewayError `loop_detected`
 */
export function refuseLoops(headers: HeaderMap, mark: GatewayMark): void {
  const marks = readMarks(headers)
  if (marks.some((text) => mark.has(text))) throw loop('has come back to the gateway that sent it')
  if (marks.length >= mostGateways) throw loop(`has come through ${mostGateways} gateways already`)
}

/** What the next one is told: where the request has been, and that it was here. */
export function passOn(headers: HeaderMap, mark: GatewayMark): string {
  const given = headers[viaHeader]
  return given === undefined ? mark.text : [...readMarks(headers), mark.text].join(', ')
}

const markPattern = /^[a-z0-9]{1,32}$/

function readMarks(headers: HeaderMap): readonly string[] {
  const given = headers[viaHeader]
  if (given === undefined) return none
  // What is no mark counts as one: many of them are no way around the limit.
  return String(given)
    .split(',')
    .map((text) => text.trim())
    .map((text) => (markPattern.test(text) ? text : 'unknown'))
}

const none: readonly string[] = []

function loop(what: string): GatewayError {
  const message = `The request ${what}: a provider's base URL leads to a gateway that leads back here.`
  return new GatewayError({ code: 'loop_detected', message })
}
