import type { Principal } from '../../access/principal.ts'
import { dialects } from '../../dialects/dialects.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { ModelEntry } from '../../models/model.ts'
import type { Resolution } from '../../models/model-index.ts'
import { keysOfStep } from '../attempts/step-keys.ts'
import { assertInScope, authorize, ownCredential, type Target } from '../authorize.ts'
import type { CallServices, ConfiguredProvider } from '../services.ts'
import type { PassThroughEndpoint } from './endpoints.ts'

export interface Asked {
  readonly principal: Principal
  readonly endpoint: PassThroughEndpoint
  /** As the client wrote it. */
  readonly model: string | undefined
  /** The provider that the client named beside it. */
  readonly provider: string | undefined
}

/** Where requests go that name neither model nor provider. */
const usualProvider = 'openai'

/**
 * Where a request goes, and with which credential: the model's provider, or the one that was named, or OpenAI. What
 * has no meter goes with an account's own provider key or not at all.
 *
 * @throws GatewayError, or rejects with it.
 */
export async function chooseTarget(services: CallServices, asked: Asked): Promise<Target> {
  const { principal, endpoint } = asked
  const resolution = resolveModel(services, asked)
  const provider = services.providers.get(resolution.provider)
  if (!provider) throw unknownProvider(resolution.provider)
  assertSpeaks(provider, endpoint)
  const candidate = { provider, resolution, dialect: dialects[endpoint.dialect], planned: undefined }
  const isNamed = endpoint.meter && asked.model !== undefined
  if (!isNamed && !resolution.entry) return ownTarget(services, asked, candidate)
  const [target] = (await authorize(services, { principal }, candidate)) as [Target]
  if (target.credential.kind === 'managed') assertKind(target, endpoint)
  return target
}

function resolveModel(services: CallServices, { model, endpoint, provider }: Asked): Resolution {
  const { freeModels } = endpoint
  const named = provider ?? usualProvider
  const [, bare = ''] = /^(?:openai[:/])?(.*)$/s.exec(model ?? freeModels?.[0] ?? '') ?? []
  if (named === usualProvider && freeModels?.includes(bare)) return freeModel(bare)
  if (model === undefined) return unnamed(named, endpoint)
  try {
    const isQualified = services.providers.has(model.split(':', 1)[0] as string)
    return services.models.resolve(provider === undefined || isQualified ? model : `${provider}:${model}`)
  } catch (error) {
    // Models that no catalogue has are known to their provider, and have no price here.
    if (!GatewayError.isInstance(error) || error.code !== 'model_not_found') throw error
    if (/^[\w-]+:/.test(model) || !services.providers.has(named)) throw error
    return { provider: named, upstreamId: model, publicId: model, entry: undefined }
  }
}

/** What its provider gives away. The fee of a call is another matter. */
function freeModel(id: string): Resolution {
  const entry: ModelEntry = {
    id,
    provider: usualProvider,
    upstreamId: id,
    aliases: [],
    kinds: [],
    input: [],
    output: [],
    prices: [
      {
        validFrom: null,
        validTo: null,
        bands: [{ when: null, rows: { default: {} } }],
        source: [],
        checkedAt: '2026-09-01',
      },
    ],
  }
  return { provider: usualProvider, upstreamId: id, publicId: id, entry }
}

/** Of requests that are about no model, ledger rows name what they are about. */
function unnamed(provider: string, { path }: PassThroughEndpoint): Resolution {
  const name = path.split('/')[1] as string
  return { provider, upstreamId: name, publicId: name, entry: undefined }
}

function assertSpeaks({ definition, origin }: ConfiguredProvider, { path }: PassThroughEndpoint): void {
  const isPlain = definition.endpoints?.['openai-chat'] === undefined && !definition.cloud
  if (definition.dialects.includes('openai-chat') && isPlain && origin.startsWith('http')) return
  throw new GatewayError({
    code: 'unsupported_parameter',
    message: `The provider ${definition.id} has no ${path}.`,
    param: 'provider',
  })
}

async function ownTarget(
  services: CallServices,
  { principal, endpoint }: Asked,
  candidate: Omit<Target, 'credential'>,
): Promise<Target> {
  const { id } = candidate.provider.definition
  // What is not read may call any model: a list of models has to name it.
  const steps = assertInScope(principal, candidate)
  const keys = await services.ownCredentials(principal.account, id)
  const ownSteps = steps?.filter((step) => step.type === 'own')
  const [own] = ownSteps
    ? ownSteps.flatMap((step) => keysOfStep(services, { principal }, { provider: id, step, keys }))
    : keys
  if (own) return { ...candidate, credential: ownCredential(own) }
  if (endpoint.meter) throw modelRequired()
  const message = `${endpoint.path} has no meter and cannot be paid for with credits: it is served with a provider key of your own for ${id}.`
  throw new GatewayError({ code: 'unknown_url', message })
}

/** Of a model that an operator wrote down nobody has said what it takes; no other is all of these. */
function isUnknown({ kinds }: ModelEntry): boolean {
  return kinds.includes('chat') && kinds.includes('embeddings')
}

function modelRequired(): GatewayError {
  const message = '"model" is required where credits pay.'
  return new GatewayError({ code: 'invalid_request', message, param: 'model' })
}

function assertKind({ resolution }: Target, { meter, path }: PassThroughEndpoint): void {
  const { entry, publicId } = resolution
  if (!meter || !entry || entry.kinds.includes(meter.kind) || isUnknown(entry)) return
  const message = `The model "${publicId}" cannot be called through ${path}.`
  throw new GatewayError({ code: 'unsupported_parameter', message, param: 'model' })
}

function unknownProvider(provider: string): GatewayError {
  return new GatewayError({
    code: 'provider_not_allowed',
    message: `The provider "${provider.slice(0, 64)}" is not set up here.`,
    param: 'provider',
  })
}
