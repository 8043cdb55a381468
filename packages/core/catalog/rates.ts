import type { RateRow } from '../src/billing/price.ts'
import type { BucketName } from '../src/billing/usage.ts'
import { wholeUnits } from './decimal.ts'

/** Rates by name, as a price page prints them: USD per million tokens, `perHour` USD per hour of audio. */
export type PrintedRates = Readonly<Record<string, string>>

const tokenBuckets: Readonly<Record<string, BucketName>> = {
  input: 'text_in',
  cachedInput: 'cache_read',
  cacheWrite: 'cache_write',
  cacheWrite1h: 'cache_write_1h',
  audioInput: 'audio_in',
  cachedAudioInput: 'audio_cache_read',
  imageInput: 'image_in',
  cachedImageInput: 'image_cache_read',
  output: 'text_out',
  audioOutput: 'audio_out',
  imageOutput: 'image_out',
}

/** Anthropic's ordinary cache write lives five minutes and has a bucket of its own. */
export function bucketOf(provider: string, name: string): BucketName {
  if (provider === 'anthropic' && name === 'cacheWrite') return 'cache_write_5m'
  const bucket = tokenBuckets[name]
  if (bucket === undefined) throw new Error(`Unknown rate "${name}".`)
  return bucket
}

/** Picodollars per token or second. */
export function toRow(provider: string, rates: PrintedRates): RateRow {
  return Object.fromEntries(
    Object.entries(rates).map(([name, text]) =>
      name === 'perHour'
        ? ['seconds_in', secondsRate(text)]
        : [bucketOf(provider, name), wholeUnits(text, 6)],
    ),
  )
}

function secondsRate(perHour: string): number {
  const picodollars = wholeUnits(perHour, 12)
  if (picodollars % 3600 !== 0) throw new Error(`$${perHour} an hour is not a whole picodollar a second.`)
  return picodollars / 3600
}
