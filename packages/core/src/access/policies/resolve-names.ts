import { GatewayError } from '../../errors/gateway-error.ts'
import { isPattern } from './glob.ts'
import { nameParts } from './name-parts.ts'
import type { NamedModel, PolicyNames } from './policy-names.ts'

/**
 * A provider id or a pattern of them.
 *
 * @throws GatewayError `invalid_request`: a denied provider that is misspelt would not be denied.
 */
export function resolveProvider(name: string, names: PolicyNames, param: string): string {
  if (isPattern(name) || names.hasProvider(name)) return name
  throw wrongName(param, `There is no provider "${name}".`)
}

/**
 * The names that a name in a scope is kept as: an alias as the models it stands for now; a model by its own id; what
 * nobody knows of a known provider, as it is written; one that has a colon of its own, as `*:llama3:8b`.
 *
 * @throws GatewayError `invalid_request` for a name that stands for nothing.
 */
export function resolveModelName(name: string, names: PolicyNames, param: string): readonly string[] {
  const [provider] = nameParts(name)
  if (isPattern(name)) {
    const isQualified = provider !== undefined && (isPattern(provider) || names.hasProvider(provider))
    return [isQualified ? name : anywhere(patternOf(name, param))]
  }
  const { provider: owner, id, isBare } = resolveExact(name, names, param)
  return isBare ? bareNames(name, names, { provider: owner, id }) : [`${owner}:${id}`]
}

/**
 * The one model that a name stands for in a request.
 *
 * @throws GatewayError `invalid_request` for a name that stands for nothing.
 */
export function resolveModel(name: string, names: PolicyNames, param: string): NamedModel {
  if (isPattern(name)) throw wrongName(param, 'Rules are for one model; "*" stands for none.')
  const { provider, id } = resolveExact(name, names, param)
  return { provider, id }
}

/** As a request reads it; and a model of a provider that is known here, but not set up, is as it is written. */
function resolveExact(
  name: string,
  names: PolicyNames,
  param: string,
): NamedModel & { readonly isBare: boolean } {
  const [provider = '', model] = nameParts(name)
  if (model === '' || name.startsWith(':')) {
    throw wrongName(param, 'It must read "model" or "provider:model".')
  }
  if (names.providers.includes(provider)) {
    return { provider, id: names.find(provider, model)?.id ?? model, isBare: false }
  }
  try {
    return { ...names.resolve(name), isBare: true }
  } catch (thrown) {
    if (names.hasProvider(provider)) return { provider, id: model, isBare: false }
    if (!GatewayError.isInstance(thrown)) throw thrown
    throw wrongName(param, thrown.message)
  }
}

/** What begins like a provider that is not there is a mistake; the ids of fine-tuned models begin so, too. */
function patternOf(name: string, param: string): string {
  const [provider] = nameParts(name)
  if (provider === undefined || provider.toLowerCase() === 'ft') return name
  throw wrongName(
    param,
    `There is no provider "${provider}"; for models of every provider write "*:${name}".`,
  )
}

/** A model by its id is the one of every provider; an alias or `provider/model` is of those that it stands for. */
function bareNames(name: string, names: PolicyNames, { provider, id }: NamedModel): string[] {
  const found = names.providers.flatMap((each) => {
    const entry = names.find(each, name)
    return entry ? [{ provider: each, id: entry.id }] : []
  })
  const own = found.find((model) => model.id.toLowerCase() === name.toLowerCase())
  const others = found.filter((model) => model.id.toLowerCase() !== name.toLowerCase())
  const all = [...(own ? [anywhere(own.id)] : []), ...others.map((model) => `${model.provider}:${model.id}`)]
  return all.length > 0 ? all : [`${provider}:${id}`]
}

function anywhere(model: string): string {
  return model.includes(':') ? `*:${model}` : model
}

function wrongName(param: string, problem: string): GatewayError {
  return new GatewayError({ code: 'invalid_request', message: `"${param}": ${problem}`, param })
}
