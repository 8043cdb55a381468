import { findProvider, type MatchLogic, type ModelInfo } from '@pydantic/genai-prices'
import type { ModelEntry } from '../src/models/model.ts'
import { kindsOf, modalitiesOf } from './kinds.ts'
import type { CatalogProvider } from './providers.ts'
import { seedPrices } from './seed-prices.ts'

/** Rows whose prices have no token or second rate that this gateway could meter. */
const unmetered = new Set(['moderation'])

/** One entry for every id that the price history names exactly; prefixes and patterns are dropped. */
export function seedModels(provider: CatalogProvider): ModelEntry[] {
  const models = findProvider({ providerId: provider.id })?.models ?? []
  const taken = models.filter(({ id }) => provider.seed === 'all' || provider.seed.includes(id))
  return taken.filter(({ id }) => !unmetered.has(id)).flatMap((model) => entriesOf(provider.id, model))
}

function entriesOf(provider: string, model: ModelInfo): ModelEntry[] {
  const ids = [...new Set([model.id, ...exactIds(model.match)])].filter(
    (id) => provider === 'groq' || !id.includes('/'),
  )
  const prices = seedPrices(provider, model)
  const dashed = new Set(ids.map(withDashes).filter((spelling, index) => spelling !== ids[index]))
  return ids
    .filter((id) => !dashed.has(id))
    .map((id) => ({
      id,
      provider,
      upstreamId: id,
      aliases: ids.filter((other) => other !== id && other === withDashes(id)),
      kinds: kindsOf(provider, id),
      ...contextWindow(model, id),
      ...modalitiesOf(id),
      prices,
    }))
}

/** The history lists `gpt-5-1` beside `gpt-5.1`: another spelling, and not a name the provider knows. */
const withDashes = (id: string): string => id.replaceAll('.', '-')

/** Only `equals` names a model; what else a row matches may be another model at another price. */
function exactIds(match: MatchLogic): string[] {
  if ('equals' in match) return [match.equals]
  return 'or' in match ? match.or.flatMap(exactIds) : []
}

/** The row's window holds for the id it is named after and its dated snapshots, not for its other ids. */
function contextWindow(model: ModelInfo, id: string): { contextWindow?: number } {
  const own = id === model.id || withoutDate(id) === model.id
  return own && model.context_window !== undefined ? { contextWindow: model.context_window } : {}
}

/** `gpt-4o-2024-08-06` is a snapshot of `gpt-4o`; build time only, never at run time. */
export function withoutDate(id: string): string {
  return id.replace(/-(\d{4}-\d{2}-\d{2}|\d{8})$/, '')
}
