import { GatewayError } from '../errors/gateway-error.ts'
import type { ModelEntry } from './model.ts'
import { suggest } from './suggestion.ts'

/** What a message about an unknown model may draw on. */
export interface KnownModels {
  readonly providers: readonly string[]
  readonly models: readonly ModelEntry[]
  /** Catalogued models of providers that are not set up. */
  readonly others: readonly ModelEntry[]
}

/** `model_not_found` for a provider that is not there: `opnai:gpt-4o`. */
export function unknownProvider(requested: string, known: KnownModels): GatewayError {
  const provider = requested.slice(0, requested.indexOf(':'))
  const addresses = known.models.map((model) => `${model.provider}:${model.id}`)
  const near = suggest(provider, known.providers)
  const model = requested.slice(provider.length + 1)
  const hint = suggest(requested, addresses) ?? (near === undefined ? undefined : `${near}:${model}`)
  return notFound(`This gateway has no provider "${provider}" and no model "${requested}".`, hint)
}

/** `model_not_found` for a name without provider. */
export function unknownModel(requested: string, known: KnownModels): GatewayError {
  const wanted = requested.toLowerCase()
  const elsewhere = known.others.find(({ id }) => id.toLowerCase() === wanted)
  if (elsewhere !== undefined) {
    return notFound(
      `The model "${requested}" belongs to the provider "${elsewhere.provider}", which this gateway has not set up.`,
    )
  }
  const names = known.models.flatMap(({ id, aliases }) => [id, ...aliases])
  return notFound(`This gateway has no model "${requested}".`, suggest(requested, names))
}

/** `model_not_found` for one that its provider has and this gateway does not offer. */
export function disabledModel(requested: string): GatewayError {
  return notFound(`The model "${requested}" is disabled at this gateway.`)
}

function notFound(message: string, hint?: string): GatewayError {
  return new GatewayError({
    code: 'model_not_found',
    message: hint === undefined ? message : `${message} Did you mean "${hint}"?`,
    param: 'model',
  })
}

const maxLength = 256
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass.
const controlCharacters = /[\u0000-\u001f\u007f-\u009f]/

/** @throws GatewayError `invalid_request` for a name that no model can have. */
export function assertModelName(requested: string): void {
  const fault = faultOf(requested)
  if (fault !== undefined) {
    throw new GatewayError({ code: 'invalid_request', message: fault, param: 'model' })
  }
}

function faultOf(requested: string): string | undefined {
  if (requested === '') return '"model" must name a model.'
  if (requested.length > maxLength) return `"model" may have at most ${maxLength} characters.`
  if (controlCharacters.test(requested)) return '"model" may not hold control characters.'
  if (requested.startsWith(':') || requested.endsWith(':')) {
    return '"model" must read "model" or "provider:model".'
  }
  return undefined
}
