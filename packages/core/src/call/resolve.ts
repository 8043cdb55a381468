import type { Dialect } from '../dialects/dialect.ts'
import { dialects } from '../dialects/dialects.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { EndpointKind, ModelEntry } from '../models/model.ts'
import type { Resolution } from '../models/model-index.ts'
import type { DialectId } from '../providers/dialect-id.ts'
import type { Envelope } from './envelope.ts'
import type { CallServices, ConfiguredProvider } from './services.ts'

/** Where a call may go: a provider's model, and the dialect to speak there. */
export interface Candidate {
  readonly provider: ConfiguredProvider
  readonly resolution: Resolution
  /** The dialect spoken upstream. */
  readonly dialect: Dialect
}

/**
 * Finds the provider and the model that the client named.
 *
 * @throws GatewayError `model_not_found`, or `unsupported_parameter` when the provider speaks nothing that
 * the client's dialect can be translated to.
 */
export function resolve(services: CallServices, wanted: Wanted): Candidate {
  const resolution = services.models.resolve(wanted.envelope.model)
  const provider = services.providers.get(resolution.provider) as ConfiguredProvider
  return { provider, resolution, dialect: chooseDialect(wanted, { provider, entry: resolution.entry }) }
}

interface Wanted {
  readonly dialect: Dialect
  readonly envelope: Envelope
  /** No translation will do: what is asked for exists in this dialect alone. */
  readonly exact: boolean
}

/** The client's own dialect wherever the provider speaks it, otherwise one that both directions exist for. */
function chooseDialect({ dialect: client, envelope, exact }: Wanted, { provider, entry }: Served): Dialect {
  const spoken = provider.definition.dialects.filter((id) => serves(entry, id))
  if (spoken.includes(client.id)) return client
  const others = exact ? [] : spoken
  const target = others.map((id) => dialects[id]).find((candidate) => translates(client, candidate))
  if (target) return target
  throw new GatewayError({
    code: 'unsupported_parameter',
    message: `The model "${envelope.model}" of provider ${provider.definition.id} cannot be called through this endpoint.`,
    param: 'model',
  })
}

interface Served {
  readonly provider: ConfiguredProvider
  readonly entry: ModelEntry | undefined
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
