import type { CallPolicy } from '../access/policy.ts'
import { toWire } from '../bytes/wire-text.ts'
import { asGatewayError, GatewayError } from '../errors/gateway-error.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { renderGoogleModel, renderGoogleModelList } from '../models/google-listing.ts'
import { renderAutomatic } from '../models/listed-automatic.ts'
import { renderVirtualModel, type VirtualListing } from '../models/listed-virtual.ts'
import { type ListedModel, type ModelList, renderModelList } from '../models/listing.ts'
import type { ModelEntry } from '../models/model.ts'
import { comparablePrice } from '../models/selection/price-models.ts'
import { answerError, answerJson, idHeaders } from './answer.ts'
import type { CallServices, ConfiguredProvider } from './services.ts'

/** The services that listing models needs. */
export type ListingServices = Pick<
  CallServices,
  'models' | 'providers' | 'ownCredentials' | 'metrics' | 'virtualModels'
>

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

/**
 * The list of what an account may call, virtual models in front: each of them that has a target which may be called.
 * `tollgate/auto` is the last, where there is anything for it to choose.
 */
export async function listCallable(
  services: ListingServices,
  account: string | undefined,
  policy?: Pick<CallPolicy, 'allows'>,
): Promise<ModelList> {
  const all = await callableModels(services, account)
  const callable = policy ? all.filter(({ provider, id }) => policy.allows(provider, id)) : all
  const { models, metrics, virtualModels } = services
  const isCallable = new Set(callable)
  const virtual = (await virtualModels.list(account === undefined ? {} : { account }))
    // One account's names are nobody else's.
    .filter(({ account: owner }) => account !== undefined || owner === undefined)
    .sort((left, right) => Number(left.account !== undefined) - Number(right.account !== undefined))
    .map(({ name, createdAt, targets }) => ({
      name,
      createdAt,
      targets: targets.map(({ model }) => model),
      callable: targets.flatMap(({ model }) => {
        const entry = models.lookUp(model)?.entry
        return entry && isCallable.has(entry) ? [entry] : []
      }),
    }))
    .filter((each) => each.callable.length > 0 && models.lookUp(each.name) === undefined)
  const listed = uniqueNames(virtual).map(renderVirtualModel)
  const now = Date.now()
  const automatic = renderAutomatic(callable.filter((entry) => comparablePrice(entry, now) !== undefined))
  return renderModelList(callable, now, { metrics, virtual: listed, automatic })
}

/** An account's own comes in the place of everybody's, as it does in calls. */
function uniqueNames(virtual: readonly VirtualListing[]): VirtualListing[] {
  return [...new Map(virtual.map((each) => [each.name.toLowerCase(), each])).values()]
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
    const list = await listCallable(services, account, policy)
    const describe = (wanted: string) => {
      const model = describeModel(services, list, google ? wanted.replace(/^models\//, '') : wanted)
      return google ? renderGoogleModel(model) : model
    }
    const all = google ? renderGoogleModelList(list) : list
    const answer = name === undefined ? all : describe(name)
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

function describeModel({ models }: CallServices, { data }: ModelList, name: string): ListedModel {
  const known = models.lookUp(name)?.publicId
  const wanted = (known ?? name).toLowerCase()
  const found = data.find(({ id }) => id.toLowerCase() === wanted)
  if (found) return found
  throw new GatewayError({
    code: 'model_not_found',
    message: `The model "${known ?? models.resolve(name).publicId}" is not one that this key may call.`,
    param: 'model',
  })
}
