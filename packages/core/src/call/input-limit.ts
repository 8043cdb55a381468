import type { CallPolicy } from '../access/policy.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { ResponseRecord } from '../responses/response-record.ts'
import type { CallBasis } from './call.ts'
import type { Envelope } from './envelope.ts'
import { refersToItems } from './item-references.ts'
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
  if (hasUnseen(envelope, previous)) throw tooLong(owners, most)
  const history = previous?.tokens ?? 0
  if (history + envelope.members.body.length <= most) return
  const tokens = history + readNeeds(envelope, dialect.requests ?? dialect.id).inputTokens.likely
  if (tokens <= most) return
  throw tooLong(owners, most, tokens)
}

/** What only its provider holds may be of any length. */
function hasUnseen({ state, members }: Envelope, previous: ResponseRecord | undefined): boolean {
  if (!state) return false
  if (state.ownedAt !== undefined || (previous && previous.tokens === undefined)) return true
  return refersToItems(members)
}

function tooLong(owners: CallPolicy['owners'] | undefined, most: number, tokens?: number): GatewayError {
  const length = tokens === undefined ? 'an input of unknown length' : `about ${tokens} input tokens`
  const owner = owners?.maxInputTokens ?? 'the access key'
  return new GatewayError({
    code: 'request_too_large',
    message: `This request has ${length}; ${owner} allows ${most}.`,
  })
}
