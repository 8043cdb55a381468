import type { Principal } from '../access/principal.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Candidate } from './resolve.ts'
import type { CallServices, OwnCredential } from './services.ts'

/** A candidate with the credential that opens it. */
export interface Target extends Candidate {
  readonly credential: Credential
}

export interface Credential {
  /** `own`: the account's provider key, which leaves only the fee to pay. */
  readonly kind: 'managed' | 'own'
  /** Undefined for a provider that needs none. */
  readonly secret: string | undefined
  readonly keyId: string | undefined
}

/**
 * Chooses the credential: the account's own provider keys come first, and going from them to the
 * operator's is never silent because that spends credits on model cost.
 *
 * @throws GatewayError `provider_not_allowed` without any credential; `model_not_priced` when credits would
 * have to pay for a model without a price.
 */
export function authorize(
  services: CallServices,
  principal: Principal,
  candidate: Candidate,
): Target | Promise<Target> {
  const own = services.ownCredentials(principal.account, candidate.provider.definition.id)
  return own instanceof Promise ? own.then((keys) => choose(candidate, keys)) : choose(candidate, own)
}

function choose(candidate: Candidate, own: readonly OwnCredential[]): Target {
  const { provider, resolution } = candidate
  const key = own[0]
  if (key) return { ...candidate, credential: { kind: 'own', secret: key.secret, keyId: key.id } }
  if (provider.apiKey === undefined && !provider.keyless) throw noCredential(provider.definition.id)
  if (!resolution.entry || resolution.entry.prices.length === 0) throw notPriced(resolution.publicId)
  return { ...candidate, credential: { kind: 'managed', secret: provider.apiKey, keyId: undefined } }
}

function noCredential(provider: string): GatewayError {
  return new GatewayError({
    code: 'provider_not_allowed',
    message: `There is no credential for the provider "${provider}"; add a provider key of your own.`,
    param: 'model',
  })
}

function notPriced(model: string): GatewayError {
  return new GatewayError({
    code: 'model_not_priced',
    message: `The model "${model}" has no price here and cannot be paid for with credits; use a provider key of your own.`,
    param: 'model',
  })
}
