import type { Dialect } from '../dialects/dialect.ts'
import { dialects } from '../dialects/dialects.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Resolution } from '../models/model-index.ts'
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
  return { provider, resolution, dialect: chooseDialect(wanted, provider) }
}

interface Wanted {
  readonly dialect: Dialect
  readonly envelope: Envelope
  /** No translation will do: what is asked for exists in this dialect alone. */
  readonly exact: boolean
}

/** The client's own dialect wherever the provider speaks it, otherwise one that both directions exist for. */
function chooseDialect({ dialect: client, envelope, exact }: Wanted, provider: ConfiguredProvider): Dialect {
  const spoken = provider.definition.dialects
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

function translates(client: Dialect, target: Dialect): boolean {
  const asks = client.parseRequest && target.renderRequest
  const answers =
    client.createStreamRenderer && client.renderAnswer && target.createStreamParser && target.parseAnswer
  return Boolean(asks && answers)
}
