import { priceFromOptions } from '../billing/rates.ts'
import type { ModelOptions } from '../options/options.ts'
import type { ModelEntry } from './model.ts'
import { foldedNames } from './parameters.ts'

/** A model as an operator wrote it; `priced` when its price is theirs too. */
export interface CustomModel {
  readonly entry: ModelEntry
  readonly priced: boolean
  readonly disabled: boolean
}

/** Nobody says what an uncatalogued model takes, so nothing is ruled out. */
const unknownModel = {
  kinds: ['chat', 'responses', 'messages', 'embeddings', 'completions'],
  input: [],
  output: [],
  prices: [],
} as const satisfies Partial<ModelEntry>

/**
 * The models an operator wrote for a provider: new ones, and catalogued ones with another price or limit.
 * What the options leave out stays as the catalogue has it, for the id itself or for its `upstreamId`.
 *
 * @param catalogued The provider's catalogued models.
 * @throws GatewayError `invalid_request` that names the option at fault.
 */
export function customModels(
  provider: string,
  models: Readonly<Record<string, ModelOptions>>,
  catalogued: readonly ModelEntry[],
): CustomModel[] {
  const known = new Map(catalogued.map((entry) => [entry.id.toLowerCase(), entry]))
  return Object.entries(models).map(([id, options]) => {
    const own = known.get(id.toLowerCase())
    const base = own ?? known.get((options.upstreamId ?? id).toLowerCase())
    const entry = {
      ...(base ?? unknownModel),
      id: own?.id ?? id,
      provider,
      upstreamId: options.upstreamId ?? base?.upstreamId ?? id,
      aliases: [...(own?.aliases ?? []), ...(options.aliases ?? [])],
      ...limits(options),
      ...abilities(options, base),
      ...price(options, `providers.${provider}.models.${id}.price`),
    }
    return { entry, priced: options.price !== undefined, disabled: options.disabled ?? false }
  })
}

function limits(options: ModelOptions) {
  const { contextWindow, maxInputTokens, maxOutputTokens, hiddenReasoning, unsupportedParameters } = options
  return {
    ...(unsupportedParameters === undefined
      ? {}
      : { unsupportedParameters: foldedNames(unsupportedParameters) }),
    ...(maxInputTokens === undefined ? {} : { maxInputTokens }),
    ...(hiddenReasoning === undefined ? {} : { hiddenReasoning }),
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  }
}

/** An operator's word on what a model takes is the whole of it. */
function abilities({ input, features }: ModelOptions, base: ModelEntry | undefined) {
  return {
    ...(input === undefined ? {} : { input, inputIsWhole: true }),
    ...(features === undefined ? {} : { features: { ...base?.features, ...features } }),
  }
}

const price = (options: ModelOptions, field: string) =>
  options.price === undefined ? {} : { prices: priceFromOptions(options.price, field) }
