import { renderChoice } from './listed-choice.ts'
import type { ListedModel } from './listing.ts'
import type { Modality, ModelEntry } from './model.ts'

/** A virtual model for the list, as far as its targets may be called. */
export interface VirtualListing {
  readonly name: string
  /** Milliseconds since the epoch; 0 = not known. */
  readonly createdAt: number
  /** As they were written. */
  readonly targets: readonly string[]
  /** Those that may be called; at least one. */
  readonly callable: readonly ModelEntry[]
}

/** What holds of a virtual model is what holds of each of its targets. */
export function renderVirtualModel({ name, createdAt, targets, callable }: VirtualListing): ListedModel {
  const choice = renderChoice({
    id: name,
    createdAt,
    owner: 'virtual',
    name,
    capabilities: {
      context_window: least(callable, ({ contextWindow }) => contextWindow),
      max_input_tokens: least(
        callable,
        ({ maxInputTokens, contextWindow }) => maxInputTokens ?? contextWindow,
      ),
      max_tokens: least(callable, ({ maxOutputTokens }) => maxOutputTokens),
      input_modalities: common(callable, ({ input }) => input),
      output_modalities: common(callable, ({ output }) => output),
      endpoints: [...new Set(callable.flatMap(({ kinds }) => kinds))],
    },
  })
  return { ...choice, targets }
}

function least(
  entries: readonly ModelEntry[],
  limit: (entry: ModelEntry) => number | undefined,
): number | null {
  const limits = entries.map(limit).filter((each) => each !== undefined)
  return limits.length > 0 ? Math.min(...limits) : null
}

function common(
  [first, ...others]: readonly ModelEntry[],
  of: (entry: ModelEntry) => readonly Modality[],
): readonly Modality[] {
  return first ? of(first).filter((kind) => others.every((entry) => of(entry).includes(kind))) : []
}
