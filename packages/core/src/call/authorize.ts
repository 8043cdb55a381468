import type { RoutingStep, ScopeRefusal } from '../access/policy.ts'
import type { Principal } from '../access/principal.ts'
import { allDisabled } from '../access/provider-credentials.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { KeptUnder } from '../responses/response-record.ts'
import { type Caller, keysOfStep } from './attempts/step-keys.ts'
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
 * The credentials that a candidate is tried with, in order: as the rule says that names it, or else the account's
 * own provider keys, and the operator's where there are none. Going from own keys to the operator's is never
 * silent, because that spends credits on model cost.
 *
 * @throws GatewayError, or rejects with it: `model_not_allowed` and `provider_not_allowed` for what is out of scope,
 * `provider_not_allowed` without any credential; `model_not_priced` when credits would have to pay for a model
 * without a price.
 */
export function authorize(
  services: CallServices,
  caller: Caller,
  candidate: BoundCandidate,
): readonly Target[] | Promise<readonly Target[]> {
  const { principal } = caller
  const { provider, keptUnder } = candidate
  const steps = assertInScope(principal, candidate)
  const own = services.ownCredentials(principal.account, provider.definition.id)
  const choose = (keys: readonly OwnCredential[]): readonly Target[] => {
    const led =
      steps &&
      followSteps(candidate, steps, (step) =>
        keysOfStep(services, caller, { provider: provider.definition.id, step, keys }),
      )
    if (keptUnder)
      return [keptTarget(withCredential(candidate, chooseCredential(provider, keys, keptUnder)), led)]
    if (led) return led
    if (keys === allDisabled) throw keysDisabled(provider.definition.id)
    return keys.length > 0
      ? keys.map((key) => withCredential(candidate, ownCredential(key)))
      : [withCredential(candidate, managedCredential(provider))]
  }
  return own instanceof Promise ? own.then(choose) : choose(own)
}

/**
 * Each attempt is checked by itself, wherever the name of its model came from.
 *
 * @returns The steps of the rule that names it, if one does.
 */
export function assertInScope(
  { policy }: Pick<Principal, 'policy'>,
  { provider, resolution }: Candidate,
): readonly RoutingStep[] | undefined {
  if (!policy) return undefined
  const { id } = provider.definition
  const model = resolution.entry?.id ?? resolution.upstreamId
  const refusal = policy.refusal(id, model)
  if (refusal) throw outOfScope(refusal, id, resolution.publicId)
  return policy.stepsFor(id, model)
}

/** What a rule does not lead to is not reached by what was made under another one. */
function keptTarget(target: Target, led: readonly Target[] | undefined): Target {
  const { kind, keyId } = target.credential
  if (!led || led.some(({ credential }) => credential.kind === kind && credential.keyId === keyId))
    return target
  throw noCredential(target.provider.definition.id)
}

type KeysOf = (step: Extract<RoutingStep, { type: 'own' }>) => readonly OwnCredential[]

function followSteps(candidate: Candidate, steps: readonly RoutingStep[], keysOf: KeysOf): readonly Target[] {
  const targets = steps.flatMap((step) => targetsOf(candidate, step, keysOf))
  if (targets.length > 0) return targets
  throw noCredential(candidate.provider.definition.id)
}

function targetsOf(candidate: Candidate, step: RoutingStep, keysOf: KeysOf): readonly Target[] {
  if (step.type === 'managed') {
    const { provider } = candidate
    const isOpen = provider.apiKey !== undefined || provider.keyless
    return isOpen ? [withCredential(candidate, managedCredential(provider))] : []
  }
  return keysOf(step).map((key) => withCredential(candidate, ownCredential(key)))
}

function withCredential(candidate: Candidate, credential: Credential): Target {
  if (credential.kind === 'managed') assertPriced(candidate)
  return { ...candidate, credential }
}

export function ownCredential({ id, secret }: OwnCredential): Credential {
  return { kind: 'own', secret, keyId: id }
}

/** The credential of what its provider keeps: no other one will do. */
export function chooseCredential(
  provider: ConfiguredProvider,
  own: readonly OwnCredential[],
  keptUnder: KeptUnder,
): Credential {
  const key = own.find(({ id }) => id === keptUnder.keyId)
  if (key) return ownCredential(key)
  if (keptUnder.kind === 'own') throw keyGone(provider.definition.id)
  return managedCredential(provider)
}

function managedCredential(provider: ConfiguredProvider): Credential {
  if (provider.apiKey === undefined && !provider.keyless) throw noCredential(provider.definition.id)
  return { kind: 'managed', secret: provider.apiKey, keyId: undefined }
}

function assertPriced({ resolution }: Candidate): void {
  if (!resolution.entry || resolution.entry.prices.length === 0) throw notPriced(resolution.publicId)
}

function outOfScope({ owner, list }: ScopeRefusal, provider: string, model: string): GatewayError {
  const [code, what] =
    list === 'models'
      ? (['model_not_allowed', `model "${model}"`] as const)
      : (['provider_not_allowed', `provider "${provider}"`] as const)
  return new GatewayError({ code, message: `The ${what} is not allowed by ${owner}.`, param: 'model' })
}

function keyGone(provider: string): GatewayError {
  return new GatewayError({
    code: 'provider_not_allowed',
    message: `The provider ${provider} keeps this response for a provider key of yours that is not there any more.`,
  })
}

function keysDisabled(provider: string): GatewayError {
  return new GatewayError({
    code: 'provider_not_allowed',
    message: `Your provider keys for the provider "${provider}" are all disabled.`,
    param: 'model',
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
