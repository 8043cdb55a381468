import { withoutZeros } from '../buckets.ts'
import { type CountReader, detailsAt, type Fields } from '../counts.ts'
import type { Buckets } from '../usage.ts'

/** Maps a realtime response's usage, in which each modality holds its own cached part. */
export function mapRealtime(usage: Fields, counts: CountReader): Buckets {
  const input = detailsAt(usage, 'input_token_details')
  const cached = detailsAt(input, 'cached_tokens_details')
  const audio_out = counts.count(detailsAt(usage, 'output_token_details'), 'audio_tokens')
  const audio_cache_read = counts.count(cached, 'audio_tokens')
  const image_cache_read = counts.count(cached, 'image_tokens')
  const audio = counts.count(input, 'audio_tokens')
  const image = counts.count(input, 'image_tokens')
  const allCached = counts.count(input, 'cached_tokens')
  const cache_read = counts.rest('cached_tokens', allCached, audio_cache_read + image_cache_read)
  return withoutZeros({
    text_in: counts.rest('input_tokens', counts.count(usage, 'input_tokens'), audio + image + cache_read),
    cache_read,
    audio_in: counts.rest('audio_tokens', audio, audio_cache_read),
    audio_cache_read,
    image_in: counts.rest('image_tokens', image, image_cache_read),
    image_cache_read,
    text_out: counts.rest('output_tokens', counts.count(usage, 'output_tokens'), audio_out),
    audio_out,
  })
}
