import { withoutZeros } from '../../billing/buckets.ts'
import { type CountReader, createCountReader, type Fields, hasCount, objectAt } from '../../billing/counts.ts'
import { reportUsage } from '../../billing/reported-usage.ts'
import type { Buckets, UsageQuirks, UsageReader } from '../../billing/usage.ts'

type MapUsage = (usage: Fields, counts: CountReader) => Buckets

/** Maps the usage of speech: text goes in, sound comes out. */
export function mapSpeech(usage: Fields, counts: CountReader): Buckets {
  return withoutZeros({
    text_in: counts.count(usage, 'input_tokens'),
    audio_out: counts.count(usage, 'output_tokens'),
  })
}

/**
 * Makes readers of answers with `usage` at their top, streamed or not. Where there is none, what an answer says of
 * a recording's `duration` counts, as in the longest form of transcriptions.
 *
 * @example
 * const reader = createMediaUsageReader(mapImages)({})
 * reader.read({ usage: { input_tokens: 10, output_tokens: 272 } })
 * reader.result()?.buckets // { text_in: 10, image_out: 272 }
 */
export function createMediaUsageReader(map: MapUsage): (quirks: UsageQuirks) => UsageReader {
  return (quirks) => {
    let last: Fields | undefined
    return {
      read(event) {
        const usage = objectAt(event, 'usage') ?? durationOf(event)
        if (usage && hasCount(usage, ['input_tokens', 'output_tokens', 'seconds'])) last = usage
      },
      result() {
        if (!last) return undefined
        const counts = createCountReader()
        return reportUsage({ buckets: map(last, counts) }, { usage: last, quirks, counts })
      },
    }
  }
}

/** Some servers write the number as text. */
function durationOf({ duration }: Fields): Fields | undefined {
  const seconds = typeof duration === 'string' && duration !== '' ? Number(duration) : duration
  return typeof seconds === 'number' && seconds >= 0 ? { type: 'duration', seconds } : undefined
}
