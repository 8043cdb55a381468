import { withoutZeros } from '../buckets.ts'
import { type CountReader, detailsAt, type Fields } from '../counts.ts'
import type { Buckets } from '../usage.ts'

/** Maps a transcription's usage: seconds where it is billed by time, else text and audio tokens. */
export function mapTranscription(usage: Fields, counts: CountReader): Buckets {
  if (usage.type === 'duration') return withoutZeros({ seconds_in: counts.count(usage, 'seconds') })
  const audio_in = counts.count(detailsAt(usage, 'input_token_details'), 'audio_tokens')
  return withoutZeros({
    text_in: counts.rest('input_tokens', counts.count(usage, 'input_tokens'), audio_in),
    audio_in,
    text_out: counts.count(usage, 'output_tokens'),
  })
}
