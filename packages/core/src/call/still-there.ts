import { GatewayError } from '../errors/gateway-error.ts'
import type { Candidate } from './resolve.ts'
import type { CallServices } from './services.ts'

type Asked = Pick<Candidate, 'provider'>

/** Whether a provider is one of this gateway's yet: it may be taken away while a call goes from one to the next. */
export function isThere({ providers }: Pick<CallServices, 'providers'>, { provider }: Asked): boolean {
  return providers.has(provider.definition.id)
}

/** Why a provider that was taken away is passed over. */
export function takenAway({ provider }: Asked): GatewayError {
  return new GatewayError({
    code: 'provider_not_allowed',
    message: `The provider "${provider.definition.id}" is not set up here any more.`,
    param: 'model',
  })
}
