import type { ErrorCodeName } from '../errors/codes.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { redactToken } from './access-key-token.ts'

interface Words {
  readonly code: ErrorCodeName
  /** Behind the caller's name. */
  readonly says: string
}

const unknown = (says: string): Words => ({ code: 'invalid_api_key', says })

const refusals = {
  malformed: unknown('is malformed: it was cut off, mistyped, or is not a key of this gateway'),
  unknown: unknown('is unknown'),
  revoked: unknown('has been revoked'),
  disabled: unknown('is disabled'),
  expired: unknown('has expired'),
  replaced: unknown('was replaced by a rotation'),
  'account disabled': { code: 'account_disabled', says: 'belongs to an account that is disabled' },
  'configuration missing': {
    code: 'configuration_not_usable',
    says: 'is governed by an access key configuration that is not there',
  },
  'configuration expired': {
    code: 'configuration_not_usable',
    says: 'is governed by an access key configuration that has expired',
  },
} as const satisfies Readonly<Record<string, Words>>

/** Why a caller may not call. */
export type Refusal = keyof typeof refusals

/** When a caller may not call any more, milliseconds since the epoch, and why. */
export interface End {
  readonly at: number
  readonly refusal: Refusal
}

/** The one that comes first. */
export function earlier(left: End, right: End): End {
  return right.at < left.at ? right : left
}

/** The 401 or 403 of an access key; it names the public part of the key at most. */
export function refuse(refusal: Refusal, id?: string): GatewayError {
  return refuseCaller(refusal, id === undefined ? 'The access key' : `The access key ${redactToken(id)}`)
}

/** The same of a caller whom the host knows. */
export function refuseCaller(refusal: Refusal, caller = 'The caller'): GatewayError {
  const { code, says } = refusals[refusal]
  return new GatewayError({ code, message: `${caller} ${says}.` })
}
