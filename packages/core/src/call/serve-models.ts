import { toWire } from '../bytes/wire-text.ts'
import { asGatewayError, GatewayError } from '../errors/gateway-error.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { renderGoogleModel, renderGoogleModelList } from '../models/google-listing.ts'
import { renderModel, renderModelList } from '../models/listing.ts'
import type { ModelEntry } from '../models/model.ts'
import { answerError, answerJson, idHeaders } from './answer.ts'
import type { CallServices, ConfiguredProvider } from './services.ts'

/** The services that listing models needs. */
export type ListingServices = Pick<CallServices, 'models' | 'providers' | 'ownCredentials'>

/** Catalogued kinds that an endpoint here serves. */
const served: ReadonlySet<string> = new Set(['chat', 'responses', 'messages', 'embeddings'])

/**
 * The models that an account may call: priced ones of providers with the operator's credential, and every one
 * of providers it has a key of its own for. Without an account, those on the operator's credentials.
 */
export async function callableModels(
  { models, providers, ownCredentials }: ListingServices,
  account: string | undefined,
): Promise<ModelEntry[]> {
  const owned = new Set<string>()
  for (const id of account === undefined ? [] : providers.keys()) {
    if ((await ownCredentials(account as string, id)).length > 0) owned.add(id)
  }
  return models.list().filter((entry) => {
    if (!entry.kinds.some((kind) => served.has(kind))) return false
    return owned.has(entry.provider) || (isManaged(providers.get(entry.provider)) && entry.prices.length > 0)
  })
}

function isManaged(provider: ConfiguredProvider | undefined): boolean {
  return provider !== undefined && (provider.apiKey !== undefined || provider.keyless)
}

/** Answers `GET /v1/models` and, given a model's name, `GET /v1/models/{id}`. Never rejects. */
export async function serveModels(
  services: CallServices,
  exchange: Exchange,
  { requestId, name }: { readonly requestId: string; readonly name?: string },
): Promise<void> {
  const { sink } = exchange
  const google = isGoogle(exchange)
  try {
    const { account, policy } = await services.authenticate(exchange)
    const all = await callableModels(services, account)
    const callable = policy ? all.filter(({ provider, id }) => policy.allows(provider, id)) : all
    const describe = (wanted: string) => {
      const model = describeModel(services, callable, google ? wanted.replace(/^models\//, '') : wanted)
      return google ? renderGoogleModel(model) : model
    }
    const answer = name === undefined ? listModels(callable, google) : describe(name)
    answerJson(sink, {
      status: 200,
      headers: idHeaders(requestId),
      body: toWire(JSON.stringify(answer)),
    })
  } catch (thrown) {
    const error = asGatewayError(thrown)
    if (error.status >= 500) services.logger.error({ requestId, error }, error.message)
    answerError(sink, { error, family: google ? 'google' : 'both', requestId })
  }
}

/** OpenAI's and Anthropic's clients read one and the same list. */
function isGoogle({ path, headers }: Exchange): boolean {
  return path.includes('/v1beta/') || headers['x-goog-api-key'] !== undefined
}

function listModels(callable: readonly ModelEntry[], google: boolean) {
  const list = renderModelList(callable)
  return google ? renderGoogleModelList(list) : list
}

function describeModel({ models }: CallServices, callable: readonly ModelEntry[], name: string) {
  const { entry, publicId } = models.resolve(name)
  if (entry && callable.includes(entry)) return renderModel(entry, { publicId })
  throw new GatewayError({
    code: 'model_not_found',
    message: `The model "${publicId}" is not one that this key may call.`,
    param: 'model',
  })
}
