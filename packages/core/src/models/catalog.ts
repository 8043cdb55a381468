import json from './catalog.json' with { type: 'json' }
import type { ModelEntry } from './model.ts'

/** The models and prices that come with the gateway. Generated; see `packages/core/catalog`. */
export interface Catalog {
  /** SHA-256 of its content: what a settlement was priced by. */
  readonly version: string
  readonly models: readonly ModelEntry[]
  /** Prices of fine-tuned models by their base: `ft:<id or alias>:…`. */
  readonly fineTunes: readonly ModelEntry[]
}

/** The generator checks the content against this type, so the compiler need not. */
export const catalog = json as unknown as Catalog
