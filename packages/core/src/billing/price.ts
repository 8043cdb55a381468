import type { BucketName } from './usage.ts'

/** Picodollars (1e-12 USD) per token, second or call. */
export type RateRow = Readonly<Partial<Record<BucketName, number>>>

/** Rates above (`gt`) or from (`gte`) a number of input tokens on, cached ones included. */
export interface PriceBand {
  readonly when: { readonly op: 'gt' | 'gte'; readonly tokens: number } | null
  /** By service tier or speed: `default`, `priority`, `flex`, `batch`, `fast`. */
  readonly rows: Readonly<Record<string, RateRow>>
}

/** A price as it held between two instants, and optionally within a daily window. */
export interface PriceVersion {
  /** ISO date or date-time, UTC; null = always. */
  readonly validFrom: string | null
  readonly validTo: string | null
  /** Daily windows, UTC hours `[from, to)`; `weekdays` 1 (Monday) to 7 in the zone of `utcOffsetHours`. */
  readonly hours?: {
    readonly ranges: readonly (readonly [number, number])[]
    readonly weekdays?: readonly number[]
    readonly utcOffsetHours?: number
  }
  readonly bands: readonly PriceBand[]
  /** Picodollars per call of a server tool. */
  readonly fees?: Readonly<Partial<Record<'web_search' | 'web_search_preview' | 'file_search', number>>>
  /** Factor on token rates by region, as decimal text: `{ us: '1.1' }`. */
  readonly geo?: Readonly<Record<string, string>>
  readonly source: readonly string[]
  readonly checkedAt: string
}

/** USD per million tokens, as decimal text: `'2.50'`. What is left out and has no default is unpriced. */
export interface PriceOptions {
  readonly input: string
  readonly output?: string
  /** @default `input` */
  readonly cachedInput?: string
  readonly cacheWrite?: string
  readonly cacheWrite1h?: string
  readonly audioInput?: string
  readonly audioOutput?: string
  /** @default `input` */
  readonly imageInput?: string
  readonly imageOutput?: string
  /** USD per 1,000 calls of the server tool. */
  readonly webSearch?: string
}
