import { withoutZeros } from '../../../billing/buckets.ts'
import type { RateRow } from '../../../billing/price.ts'
import type { Buckets } from '../../../billing/usage.ts'

/** Bytes of sound that stand for one token, going in and coming out: 100 and 50 milliseconds. */
const soundBytes = { pcm: { input: 4800, output: 2400 }, g711: { input: 800, output: 400 } }
export type SoundFormat = keyof typeof soundBytes

/** Tokens of a conversation by what they are. */
interface Tokens {
  text: number
  audio: number
  image: number
}

/** Knows how much a conversation has in it, from what was reported and what has passed since. */
export interface RealtimeMeter {
  /** Text of a client's frame, and base64 of its sound. */
  appended(textBytes: number, soundBase64: number): void
  /** A response has begun; what comes in now is for the next one. */
  begun(): void
  /** Text and base64 of sound that came out. */
  delivered(textBytes: number, soundBase64: number): void
  /** A response reported what it consumed. */
  reported(buckets: Buckets): void
  formats(input: SoundFormat, output: SoundFormat): void
  /**
   * The most that the response under way, or the next one, can have consumed by the time that so many tokens more
   * have come out.
   */
  bound(row: RateRow, more: number): Buckets
  /** What the responses under way are taken to have consumed. */
  estimate(): Buckets
}

const textTokensPerByte = 0.29
/** Instructions that nobody has seen, and frames. */
const frameTokens = 1024
const none: Tokens = { text: 0, audio: 0, image: 0 }

export function createRealtimeMeter(): RealtimeMeter {
  let context = none
  let last: Buckets = {}
  let sound: { input: SoundFormat; output: SoundFormat } = { input: 'pcm', output: 'pcm' }
  const pending = { text: 0, audio: 0 }
  let taken = { ...pending }
  const out = { text: 0, audio: 0 }
  const tokensOf = (base64: number, side: 'input' | 'output') =>
    (base64 * 3) / 4 / soundBytes[sound[side]][side]
  return {
    appended(textBytes, base64) {
      pending.text += textBytes
      pending.audio += tokensOf(base64, 'input')
    },
    begun() {
      taken = { ...pending }
    },
    delivered(textBytes, base64) {
      out.text += textBytes
      out.audio += tokensOf(base64, 'output')
    },
    reported(buckets) {
      const { text_in = 0, cache_read = 0, text_out = 0, audio_in = 0, audio_out = 0 } = buckets
      const { audio_cache_read = 0, image_in = 0, image_cache_read = 0 } = buckets
      context = {
        text: text_in + cache_read + text_out,
        audio: audio_in + audio_cache_read + audio_out,
        image: image_in + image_cache_read,
      }
      last = buckets
      pending.text -= taken.text
      pending.audio -= taken.audio
      taken = { text: 0, audio: 0 }
      out.text = 0
      out.audio = 0
    },
    formats(input, output) {
      sound = { input, output }
    },
    bound(row, more) {
      const speaks = row.audio_out !== undefined
      return withoutZeros({
        text_in: context.text + pending.text + frameTokens,
        audio_in: context.audio + Math.ceil(pending.audio),
        image_in: context.image,
        text_out: out.text + (speaks ? 0 : more),
        audio_out: Math.ceil(out.audio) + (speaks ? more : 0),
      })
    },
    estimate() {
      const { text_in = 0, cache_read = 0, audio_in = 0, audio_cache_read = 0 } = last
      const { image_in = 0, image_cache_read = 0 } = last
      return withoutZeros({
        text_in: text_in + Math.ceil(pending.text * textTokensPerByte),
        cache_read,
        audio_in: audio_in + Math.ceil(pending.audio),
        audio_cache_read,
        image_in,
        image_cache_read,
        text_out: Math.ceil(out.text * textTokensPerByte),
        audio_out: Math.ceil(out.audio),
      })
    },
  }
}
