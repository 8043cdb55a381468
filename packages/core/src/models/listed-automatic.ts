import { renderChoice } from './listed-choice.ts'
import type { ListedModel } from './listing.ts'
import type { ModelEntry } from './model.ts'
import { autoName } from './selection/auto-name.ts'
import { conversing } from './selection/price-models.ts'

/**
 * `tollgate/auto` for the list: it chooses a model that can take what a call sends, so that what one of them takes, it
 * takes. Undefined where there is none to choose.
 *
 * @param choosable What it may choose from.
 */
export function renderAutomatic(choosable: readonly ModelEntry[]): ListedModel | undefined {
  if (choosable.length === 0) return undefined
  return renderChoice({
    id: autoName,
    createdAt: 0,
    owner: 'tollgate',
    name: 'The cheapest model that takes the call',
    capabilities: {
      context_window: most(choosable, ({ contextWindow }) => contextWindow),
      max_input_tokens: most(
        choosable,
        ({ maxInputTokens, contextWindow }) => maxInputTokens ?? contextWindow,
      ),
      max_tokens: most(choosable, ({ maxOutputTokens }) => maxOutputTokens),
      input_modalities: any(choosable, ({ input }) => input),
      output_modalities: any(choosable, ({ output }) => output),
      endpoints: any(choosable, ({ kinds }) => kinds.filter((kind) => conversing.has(kind))),
    },
  })
}

function most(
  entries: readonly ModelEntry[],
  limit: (entry: ModelEntry) => number | undefined,
): number | null {
  const greatest = entries.reduce((least, entry) => Math.max(least, limit(entry) ?? 0), 0)
  return greatest > 0 ? greatest : null
}

function any<Item>(entries: readonly ModelEntry[], of: (entry: ModelEntry) => readonly Item[]): Item[] {
  return [...new Set(entries.flatMap(of))]
}
