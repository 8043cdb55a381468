import { describe, expect, test } from 'vitest'
import priceCases from '../../../../test/fixtures/price-cases.json' with { type: 'json' }
import { createMessagesUsageReader } from '../dialects/anthropic-messages/usage.ts'
import { createChatUsageReader } from '../dialects/openai-chat/usage.ts'
import { createEmbeddingsUsageReader } from '../dialects/openai-embeddings/usage.ts'
import { createResponsesUsageReader } from '../dialects/openai-responses/usage.ts'
import { isToolBucket } from './buckets.ts'
import { computeCharge } from './charge.ts'
import { type CountReader, createCountReader, type Fields } from './counts.ts'
import { parseFee } from './fee.ts'
import { mapConverse } from './meters/converse.ts'
import { mapGenerateContent } from './meters/generate-content.ts'
import { mapImages } from './meters/images.ts'
import { mapRealtime } from './meters/realtime.ts'
import { mapTranscription } from './meters/transcription.ts'
import type { PriceVersion } from './price.ts'
import { type BucketName, type Buckets, bucketNames, type Usage, type UsageReader } from './usage.ts'

interface Line {
  readonly bucket: string
  readonly tokens?: number
  readonly quantity?: string | number
  readonly picodollars_each: string
}

interface Case {
  readonly id: string
  readonly provider: string
  readonly api: string
  readonly model: string
  readonly trap: string
  readonly request_time?: string
  readonly response_service_tier?: string
  readonly usage: Fields
  readonly output_items?: readonly Fields[]
  readonly lines: readonly Line[]
  readonly multiplier?: string
  readonly multiplier_kind?: string
  readonly nanodollars: string
}

const cases = [...priceCases.cases, ...priceCases.extra] as unknown as readonly Case[]
const noFee = parseFee({})

function readWith(reader: UsageReader, row: Case): Usage {
  reader.read({ usage: row.usage, service_tier: row.response_service_tier, output: row.output_items })
  const usage = reader.result()
  if (!usage) throw new Error('no usage was read')
  return usage
}

const reported =
  (map: (usage: Fields, counts: CountReader) => Buckets) =>
  (row: Case): Usage => ({
    buckets: map(row.usage, createCountReader()),
    source: 'provider',
  })

/** What a provider's definition says of its usage. */
const quirks: Record<string, object> = {
  xai: { reasoningOutsideCompletion: true },
  openrouter: { reportsCost: true },
}

const readers: Record<string, (row: Case) => Usage> = {
  chat: (row) => readWith(createChatUsageReader(quirks[row.provider] ?? {}), row),
  batch: (row) => readWith(createChatUsageReader({}), row),
  responses: (row) => readWith(createResponsesUsageReader({}), row),
  messages: (row) => readWith(createMessagesUsageReader({}), row),
  embeddings: (row) => readWith(createEmbeddingsUsageReader({}), row),
  realtime: reported(mapRealtime),
  transcription: reported(mapTranscription),
  images: reported(mapImages),
  generateContent: reported(mapGenerateContent),
  converse: reported(mapConverse),
}

function isBucket(name: string): name is BucketName {
  return (bucketNames as readonly string[]).includes(name)
}

/** A price made of the row's own rates, at the tier, speed and region that its answer names. */
function priceOf(row: Case, usage: Usage): PriceVersion {
  const rates: Partial<Record<BucketName, number>> = {}
  const fees: Record<string, number> = {}
  for (const line of row.lines) {
    if (!isBucket(line.bucket)) throw new Error(`unknown bucket ${line.bucket}`)
    if (isToolBucket(line.bucket)) fees[line.bucket] = Number(line.picodollars_each)
    else rates[line.bucket] = Number(line.picodollars_each)
  }
  const tier = usage.tier === undefined || usage.tier === 'standard' ? 'default' : usage.tier
  return {
    validFrom: null,
    validTo: null,
    bands: [{ when: null, rows: { [usage.speed ?? tier]: rates } }],
    fees,
    ...(row.multiplier_kind === 'geo' && row.multiplier && { geo: { us: row.multiplier } }),
    source: ['test'],
    checkedAt: '2026-11-23',
  }
}

describe('P8 P9 P10 what a usage object costs, to the nano-dollar', () => {
  test('there are 36 cases and 3 constructed ones', () => {
    expect(cases).toHaveLength(39)
  })

  test.each(cases)('$id: $trap', (row) => {
    const usage = readers[row.api]?.(row)
    if (!usage) throw new Error(`no reader for ${row.api}`)
    const priced = usage.buckets.provider_cost
      ? { provider_cost: usage.buckets.provider_cost }
      : usage.buckets
    expect(priced).toEqual(
      Object.fromEntries(row.lines.map((line) => [line.bucket, Number(line.tokens ?? line.quantity)])),
    )
    expect(usage.anomalies).toBeUndefined()
    const charge = computeCharge({
      prices: [priceOf(row, usage)],
      usage: row.api === 'batch' ? { ...usage, tier: 'batch' } : usage,
      fee: noFee,
      credential: 'managed',
      at: Date.parse(row.request_time ?? priceCases.default_request_time),
      ...(row.multiplier_kind === 'markup' && row.multiplier && { multiplier: row.multiplier }),
    })
    expect(charge.total).toBe(BigInt(row.nanodollars))
    expect(charge.rates).toEqual(
      Object.fromEntries(row.lines.map((line) => [line.bucket, line.picodollars_each])),
    )
  })
})
