import type { ModelIndex, Resolution } from '../model-index.ts'
import { doubtfulNeed, type Needs } from './needs.ts'
import { type PricedModel, priceModels } from './price-models.ts'

/** What is asked of `tollgate/auto` for one call. */
export interface AutomaticQuestion {
  readonly needs: Needs
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Those that there is a credential for. */
  readonly providers: Iterable<string>
  /** What may be called at all. Ask with the same object as long as it says the same: answers are kept with it. */
  readonly scope?: AutomaticScope | undefined
  /** False for what is not to be chosen now: it has failed, or does not speak what the client speaks. */
  readonly isUsable?: (resolution: Resolution) => boolean
}

export interface AutomaticScope {
  /** @param model The id that the gateway lists, without its provider. */
  allows(provider: string, model: string): boolean
}

/** Finds the cheapest models that can serve a call. */
export interface Automatic {
  /** The cheapest first, ten at most. */
  choose(question: AutomaticQuestion): readonly Resolution[]
}

const mostChosen = 10
/** Models that a call looks at before its policy gets a shelf of its own. */
const fewLooks = 100

/** Priced models by provider, each provider's cheapest first. */
type Shelf = ReadonlyMap<string, readonly PricedModel[]>

/**
 * Models by price, sorted when the table of models or the hour is another one, not for each call. What a call needs,
 * picks a shelf that was filled once, and a call looks at the cheapest on it; a policy that allows none of those gets a
 * shelf of its own. How many models there are makes no difference.
 *
 * @example
 * createAutomatic(models).choose({ needs, at: Date.now(), providers: ['openai', 'groq'] })
 */
export function createAutomatic(models: Pick<ModelIndex, 'list' | 'lookUp'>): Automatic {
  const sorted = priceModels(models)
  const open: AutomaticScope = { allows: () => true }
  let shelves = new WeakMap<AutomaticScope, Map<string, Shelf>>()
  let table: readonly PricedModel[] | undefined

  const shelfFor = ({ needs, at }: AutomaticQuestion, scope: AutomaticScope): Shelf => {
    const current = sorted(at)
    if (current !== table) shelves = new WeakMap()
    table = current
    const known = shelves.get(scope) ?? new Map<string, Shelf>()
    shelves.set(scope, known)
    const name = shelfName(needs)
    const shelf = known.get(name) ?? fillShelf(current, { needs, scope })
    // Sizes come in octaves and needs in few mixtures, unless somebody makes them up.
    if (known.size >= mostShelves) known.clear()
    known.set(name, shelf)
    return shelf
  }

  return {
    choose(question) {
      const { needs, scope = open, isUsable = () => true } = question
      const providers = [...new Set(question.providers)]
      const take = (shelf: Shelf, looks: number) =>
        takeCheapest(
          providers.map((provider) => shelf.get(provider) ?? []),
          looks,
          ({ resolution, entry }) =>
            scope.allows(entry.provider, entry.id) &&
            doubtfulNeed(needs, entry) === undefined &&
            isUsable(resolution),
        )
      const near = take(shelfFor(question, open), fewLooks)
      // What is allowed lies farther up, or there is nothing.
      return near.length > 0 || scope === open ? near : take(shelfFor(question, scope), Infinity)
    },
  }
}

/** Merges rows that are sorted, as far as that is needed. */
function takeCheapest(
  rows: readonly (readonly PricedModel[])[],
  looks: number,
  fits: (model: PricedModel) => boolean,
): Resolution[] {
  const chosen: Resolution[] = []
  const places = rows.map((row) => ({ row, at: 0 }))
  for (let look = 0; look < looks && chosen.length < mostChosen; look += 1) {
    let first: { row: readonly PricedModel[]; at: number } | undefined
    for (const place of places) {
      if ((place.row[place.at]?.dollars ?? Infinity) < (first?.row[first.at]?.dollars ?? Infinity))
        first = place
    }
    const model = first?.row[first.at]
    if (!first || !model) return chosen
    first.at += 1
    if (fits(model)) chosen.push(model.resolution)
  }
  return chosen
}

const mostShelves = 64

/** The same for needs that differ in nothing but size within an octave. */
function shelfName({ input, features, contextWindow = 0, inputTokens }: Needs): string {
  return [
    ...[...input].sort(),
    ...[...features].sort(),
    octave(contextWindow),
    octave(inputTokens.likely),
  ].join()
}

const octave = (tokens: number) => 2 ** Math.floor(Math.log2(Math.max(1, tokens)))

function fillShelf(
  table: readonly PricedModel[],
  { needs, scope }: { readonly needs: Needs; readonly scope: AutomaticScope },
): Shelf {
  const { contextWindow, inputTokens } = needs
  const least: Needs = {
    ...needs,
    contextWindow: contextWindow && octave(contextWindow),
    inputTokens: { least: 0, likely: octave(inputTokens.likely) },
    outputTokens: undefined,
  }
  const fitting = table.filter(
    ({ entry }) => doubtfulNeed(least, entry) === undefined && scope.allows(entry.provider, entry.id),
  )
  return Map.groupBy(fitting, ({ entry }) => entry.provider)
}
