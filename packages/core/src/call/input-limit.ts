import { GatewayError } from '../errors/gateway-error.ts'
import type { CallBasis } from './call.ts'
import { readNeeds } from './selection/read-needs.ts'

/**
 * A policy's limit on input, in tokens as they are estimated. No text has more tokens than bytes, so that most requests
 * need no estimate.
 *
 * @throws GatewayError `request_too_large` that names who set the limit.
 */
export function assertInputLimit({ principal, envelope, dialect, previous }: CallBasis): void {
  const { maxInputTokens: most, owners } = principal.policy ?? {}
  if (most === undefined) return
  const history = previous?.tokens ?? 0
  if (history + envelope.members.body.length <= most) return
  const tokens = history + readNeeds(envelope, dialect.requests ?? dialect.id).inputTokens.likely
  if (tokens <= most) return
  throw new GatewayError({
    code: 'request_too_large',
    message: `This request has about ${tokens} input tokens; ${owners?.maxInputTokens ?? 'the access key'} allows ${most}.`,
  })
}
