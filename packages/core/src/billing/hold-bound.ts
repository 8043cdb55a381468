import { countWord, type SearchableBytes } from '../bytes/search-bytes.ts'
import { toolBuckets } from './buckets.ts'
import { type Credential, totalOf } from './charge.ts'
import { type Fraction, multiply, one, parseFraction, zero } from './decimal.ts'
import type { FeeRates } from './fee.ts'
import { costOf } from './model-cost.ts'
import type { Nano } from './money.ts'
import type { PriceVersion } from './price.ts'
import { type SelectedPrice, selectPrice } from './select-price.ts'
import type { BucketName, Buckets } from './usage.ts'

/** Tokens that providers add around tools and schemas and that no byte of the body stands for. */
const frameTokens = 1024

/**
 * Tokens allowed for each mention of a file or address in the body. An image behind a URL costs 1,445 at
 * most on the gpt-4o family and about 5,000 on the newest Claude models, whatever its bytes.
 */
const referenceTokens = 5000
const maxReferences = 200
/** Short, because the search for eight characters and more is three times slower. */
const references = ['url"', 'file_id']
/** In Gemini's bodies, where a picture of a few bytes costs more than they do. */
export const geminiReferences: readonly string[] = ['"mime', 'Uri"', '_uri"']

/**
 * The most input tokens a request can cost. One token stands for at least one byte in every tokenizer in
 * use, so the body's length bounds its text; the estimate of four bytes a token would bound nothing (control
 * characters are a token each). Input that only the provider holds, such as an earlier response or a stored
 * file, is not bounded by the body: use the model's maximum for it.
 *
 * @param body The decompressed request.
 * @param mentions How a file or an address shows in its dialect.
 * @example
 * boundInputTokens({ pieces: [Buffer.from('{}')], length: 2 }, 128_000) // 1026
 */
export function boundInputTokens(
  body: SearchableBytes,
  maxInputTokens = Number.MAX_SAFE_INTEGER,
  mentions: readonly string[] = references,
): number {
  let bound = body.length + frameTokens
  for (const reference of mentions) {
    if (bound >= maxInputTokens) return maxInputTokens
    bound += countWord(body, reference, maxReferences) * referenceTokens
  }
  return Math.min(bound, maxInputTokens)
}

export interface HoldBound {
  readonly prices: readonly PriceVersion[]
  /** Tier and speed that the request asks for. */
  readonly tier?: string | undefined
  readonly speed?: string | undefined
  readonly inputTokens: number
  readonly outputTokens: number
  /** Calls of server tools that the request allows. */
  readonly toolCalls?: number
  readonly fee: FeeRates
  readonly credential: Credential
  readonly at: number
  readonly multiplier?: string
  /**
   * Searched for what makes some tokens dearer, on models that price it: one-hour cache writes and audio.
   * Without it the request is taken to have both.
   */
  readonly body?: SearchableBytes
}

/** Rates that any text may meet, and those that only requests with certain words in them meet. */
const inputRates = ['text_in', 'cache_write', 'cache_write_5m', 'image_in'] as const
const outputRates = ['text_out', 'image_out'] as const
/** Films have sound, and Gemini writes in capitals what it is to answer with. */
const soundIn = ['udio', 'ideo', 'outu'] as const
const soundOut = ['udio', 'UDIO'] as const
const lifetimeRates = ['cache_write_1h', 'cache_write_30m', 'cache_write_12h'] as const

/** The dearest of some rates, and of `other`; undefined when there is none of them. */
function dearest<Name extends string>(
  rates: Readonly<Partial<Record<Name, number>>>,
  names: readonly Name[],
  other?: Name,
): Name | undefined {
  let best = other
  let highest = (other && rates[other]) ?? -1
  for (const name of names) {
    const rate = rates[name] ?? -1
    if (rate > highest) {
      best = name
      highest = rate
    }
  }
  return best
}

/** The region that adds the most to token rates; undefined when none adds anything. */
function dearestRegion(geo: SelectedPrice['geo']): string | undefined {
  let best: string | undefined
  let highest = 1
  for (const region of Object.keys(geo)) {
    const factor = Number(geo[region])
    if (factor > highest) {
      best = region
      highest = factor
    }
  }
  return best
}

interface DearestUsage {
  /** Without the output. */
  readonly buckets: Buckets
  readonly region: string | undefined
  /** The bucket that its output goes to. */
  readonly output: BucketName
  readonly price: SelectedPrice
}

/** The most expensive usage that a request within these bounds can lead to. */
function dearestUsage(request: Omit<HoldBound, 'outputTokens'>): DearestUsage {
  const { at, tier, speed, inputTokens, toolCalls = 0, body } = request
  const price = selectPrice(request.prices, { at, tier, speed, totalInput: inputTokens })
  const { row, fees, geo } = price
  const mentions = (word: string) => !body || countWord(body, word, 1) > 0
  const isPriced = (rate: BucketName) => row[rate] !== undefined
  let input: BucketName | undefined = dearest(row, inputRates)
  if (lifetimeRates.some(isPriced) && mentions('"ttl"')) input = dearest(row, lifetimeRates, input)
  if (isPriced('audio_in') && soundIn.some(mentions)) input = dearest(row, ['audio_in'], input)
  let output: BucketName | undefined = dearest(row, outputRates)
  if (isPriced('audio_out') && soundOut.some(mentions)) output = dearest(row, ['audio_out'], output)
  const buckets: Buckets = { [input ?? 'text_in']: inputTokens }
  if (toolCalls > 0) buckets[dearest(fees, toolBuckets) ?? 'web_search'] = toolCalls
  return { buckets, region: dearestRegion(geo), output: output ?? 'text_out', price }
}

/** The most a call can cost with so many output tokens, in nano-dollars. */
export type BoundByOutput = (outputTokens: number) => Nano

/**
 * Bounds a call's cost by its output: all input at the dearest rate it may meet, in the context band of its
 * bound, plus the output, the tool calls and the fee, priced by the very functions that price the bill. On an
 * account's own credential it is the fee alone.
 *
 * @returns A function that throws GatewayError `model_not_priced` when the model has no price for this tier, for
 * input or for output.
 * @example
 * boundByOutput({ prices, inputTokens: 1056, fee, credential: 'managed', at: Date.now() })(4096)
 */
export function boundByOutput(request: Omit<HoldBound, 'outputTokens'>): BoundByOutput {
  const { inputTokens, fee, credential, multiplier } = request
  if (credential === 'own') return (outputTokens) => totalOf(zero, inputTokens + outputTokens, fee)
  const { buckets, region, output, price } = dearestUsage(request)
  const factor = multiplier === undefined ? one : parseFraction(multiplier, 'multiplier')
  const costs = (counts: Buckets) => multiply(costOf(price, counts, region).picodollars, factor)
  const input = costs(buckets)
  // Output chooses no band: each of its tokens costs what the first one costs.
  let token: Fraction | undefined
  return (outputTokens) => {
    if (outputTokens === 0) return totalOf(input, inputTokens, fee)
    token ??= costs({ [output]: 1 })
    const { numerator, denominator } = input
    const cost = { numerator: numerator + BigInt(outputTokens) * token.numerator, denominator }
    return totalOf(cost, inputTokens + outputTokens, fee)
  }
}

/** The bound for one number of output tokens; see {@link boundByOutput}. */
export function boundHold({ outputTokens, ...request }: HoldBound): Nano {
  return boundByOutput(request)(outputTokens)
}

/**
 * The most output tokens whose bound an amount covers, up to `most`; 0 when it does not cover one. Bounds lie on a
 * line but for their rounding, so that the right number is next to the one on the line, or a few searches away
 * where many tokens cost a nano-dollar.
 *
 * @example
 * affordableOutput(boundByOutput(request), 5_000_000n, 4096)
 */
export function affordableOutput(bound: BoundByOutput, amount: Nano, most: number): number {
  const [first, last] = [bound(0), bound(most)]
  if (last <= amount) return most
  if (first > amount) return 0
  const guess = Number(((amount - first) * BigInt(most)) / (last - first))
  let covered = 0
  let beyond = most
  const narrow = (tokens: number) => {
    if (tokens <= covered || tokens >= beyond) return
    if (bound(tokens) <= amount) covered = tokens
    else beyond = tokens
  }
  for (const near of [guess, guess + 1, guess - 1]) narrow(near)
  while (beyond - covered > 1) narrow(Math.floor((covered + beyond) / 2))
  return covered
}
