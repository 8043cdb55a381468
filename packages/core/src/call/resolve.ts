import { countingDialects } from '../dialects/counting/counting-dialects.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { dialects } from '../dialects/dialects.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { EndpointKind, ModelEntry } from '../models/model.ts'
import type { Resolution } from '../models/model-index.ts'
import type { PlannedModel } from '../models/selection/plan-names.ts'
import type { DialectId } from '../providers/dialect-id.ts'
import type { Envelope } from './envelope.ts'
import type { CallServices, ConfiguredProvider } from './services.ts'

/** Where a call may go: a provider's model, and the dialect to speak there. */
export interface Candidate {
  readonly provider: ConfiguredProvider
  readonly resolution: Resolution
  /** The dialect spoken upstream. */
  readonly dialect: Dialect
  /** How it was named, where it was chosen among others. */
  readonly planned: PlannedModel | undefined
}

/**
 * Finds the provider and the model of a name.
 *
 * @throws GatewayError `model_not_found`, or `unsupported_parameter` when the provider speaks nothing that
 * the client's dialect can be translated to.
 */
export function resolve(services: CallServices, wanted: Wanted, model: string): Candidate {
  const resolution = services.models.resolve(model)
  const candidate = candidateOf(services, wanted, resolution)
  if (candidate) return candidate
  throw new GatewayError({
    code: 'unsupported_parameter',
    message: `The model "${model}" of provider ${resolution.provider} cannot be called through this endpoint.`,
    param: 'model',
  })
}

/** Undefined when the provider speaks nothing that the client's dialect can be translated to. */
export function candidateOf(
  services: CallServices,
  { dialect: client }: Pick<Wanted, 'dialect'>,
  resolution: Resolution,
): Candidate | undefined {
  const provider = services.providers.get(resolution.provider)
  const dialect = provider && chooseDialect(client, { provider, resolution })
  return dialect && { provider, resolution, dialect, planned: undefined }
}

/**
 * Finds who counts tokens for the model that the client named; nobody, where its provider does not.
 *
 * @throws GatewayError `model_not_found`
 */
export function resolveCounter(services: CallServices, wanted: Wanted): readonly Candidate[] {
  const resolution = services.models.resolve(wanted.envelope.model)
  const provider = services.providers.get(resolution.provider)
  if (!provider) return []
  const { countsTokens = [] } = provider.definition
  const [near] = countsTokens.filter((id) => id === wanted.dialect.id)
  const id = near ?? countsTokens.find((spoken) => serves(resolution.entry, spoken))
  const dialect = id && countingDialects[id]
  return dialect ? [{ provider, resolution, dialect, planned: undefined }] : []
}

/** What a client asks for, and how. */
export interface Wanted {
  readonly dialect: Dialect
  readonly envelope: Envelope
}

/** The client's own dialect wherever the provider speaks it, otherwise one that both directions exist for. */
function chooseDialect(client: Dialect, { provider, resolution }: Served): Dialect | undefined {
  const { dialects: all, dialectsOf } = provider.definition
  const ofModel = dialectsOf?.(resolution.upstreamId) ?? all
  const { id, requests } = client
  // What nearly every call is: nothing has to be chosen.
  if (!requests && ofModel.includes(id) && serves(resolution.entry, id)) return client
  const spoken = ofModel.filter((spoke) => serves(resolution.entry, spoke))
  const near = requests && spoken.includes(requests) ? [requests] : []
  const others = [...near, ...spoken].map((other) => dialects[other])
  return others.find((candidate) => translates(client, candidate))
}

interface Served {
  readonly provider: ConfiguredProvider
  readonly resolution: Resolution
}

/** What the catalogue calls the endpoints of these dialects; it does not tell others apart. */
const kinds: Readonly<Partial<Record<DialectId, EndpointKind>>> = {
  'openai-chat': 'chat',
  'openai-responses': 'responses',
  'openai-embeddings': 'embeddings',
  'openai-completions': 'completions',
}

/** Some models are served through some of their provider's endpoints only. */
function serves(entry: ModelEntry | undefined, id: DialectId): boolean {
  const kind = kinds[id]
  return kind === undefined || entry === undefined || entry.kinds.includes(kind)
}

function translates(client: Dialect, target: Dialect): boolean {
  const asks = client.parseRequest && target.renderRequest
  const answers =
    client.createStreamRenderer && client.renderAnswer && target.createStreamParser && target.parseAnswer
  return Boolean(asks && answers)
}
