import type { Principal } from '../access/principal.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { KeptUnder } from '../responses/response-record.ts'
import type { Candidate } from './resolve.ts'
import type { CallServices, ConfiguredProvider, OwnCredential } from './services.ts'

/** A candidate with the credential that opens it. */
export interface Target extends Candidate {
  readonly credential: Credential
}

/** A candidate that may have to be called with a certain credential. */
export interface BoundCandidate extends Candidate {
  /** The credential of what the call goes on from. */
  readonly keptUnder?: KeptUnder | undefined
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
  candidate: BoundCandidate,
): Target | Promise<Target> {
  const own = services.ownCredentials(principal.account, candidate.provider.definition.id)
  const choose = (keys: readonly OwnCredential[]) => {
    const credential = chooseCredential(candidate.provider, keys, candidate.keptUnder)
    if (credential.kind === 'managed') assertPriced(candidate)
    return { ...candidate, credential }
  }
  return own instanceof Promise ? own.then(choose) : choose(own)
}

/**
 * The credential that opens a provider.
 *
 * @param keptUnder Of what its provider keeps: no other one will do.
 */
export function chooseCredential(
  provider: ConfiguredProvider,
  own: readonly OwnCredential[],
  keptUnder?: KeptUnder,
): Credential {
  const key = keptUnder ? own.find(({ id }) => id === keptUnder.keyId) : own[0]
  if (key) return { kind: 'own', secret: key.secret, keyId: key.id }
  if (keptUnder?.kind === 'own') throw keyGone(provider.definition.id)
  if (provider.apiKey === undefined && !provider.keyless) throw noCredential(provider.definition.id)
  return { kind: 'managed', secret: provider.apiKey, keyId: undefined }
}

function assertPriced({ resolution }: Candidate): void {
  if (!resolution.entry || resolution.entry.prices.length === 0) throw notPriced(resolution.publicId)
}

function keyGone(provider: string): GatewayError {
  return new GatewayError({
    code: 'provider_not_allowed',
    message: `The provider ${provider} keeps this response for a provider key of yours that is not there any more.`,
  })
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
