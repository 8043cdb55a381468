import { withoutZeros } from '../buckets.ts'
import { type CountReader, detailsAt, type Fields, objectAt } from '../counts.ts'
import type { Buckets } from '../usage.ts'

/** Maps the usage of image generation. Without details of the output all of it is image. */
export function mapImages(usage: Fields, counts: CountReader): Buckets {
  const cached = detailsAt(usage, 'cached_tokens_details')
  const image_cache_read = counts.count(cached, 'cached_image_tokens')
  const cache_read = counts.rest('cached_tokens', counts.count(usage, 'cached_tokens'), image_cache_read)
  const image = counts.count(detailsAt(usage, 'input_tokens_details'), 'image_tokens')
  const text = counts.rest('input_tokens', counts.count(usage, 'input_tokens'), image)
  const made = counts.count(usage, 'output_tokens')
  const output = objectAt(usage, 'output_tokens_details')
  const image_out = output ? counts.count(output, 'image_tokens') : made
  return withoutZeros({
    text_in: counts.rest('text_tokens', text, cache_read),
    cache_read,
    image_in: counts.rest('image_tokens', image, image_cache_read),
    image_cache_read,
    text_out: counts.rest('output_tokens', made, image_out),
    image_out,
  })
}
