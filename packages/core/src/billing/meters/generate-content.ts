import { withoutZeros } from '../buckets.ts'
import { type CountReader, type Fields, objectsAt } from '../counts.ts'
import type { Buckets } from '../usage.ts'

/** Tokens of some modalities in a list such as `promptTokensDetails`. */
function countModality(list: readonly Fields[], modalities: readonly string[], counts: CountReader): number {
  return list
    .filter((entry) => modalities.includes(String(entry.modality)))
    .reduce((total, entry) => total + counts.count(entry, 'tokenCount'), 0)
}

/** Google bills documents as images. */
const imageModalities = ['IMAGE', 'DOCUMENT', 'VIDEO']

/**
 * Maps Gemini's `usageMetadata`: the prompt includes what was cached, the candidates leave thoughts out, and
 * the results of tools are input on top of the prompt.
 */
export function mapGenerateContent(usage: Fields, counts: CountReader): Buckets {
  const prompt = objectsAt(usage, 'promptTokensDetails')
  const cached = objectsAt(usage, 'cacheTokensDetails')
  const candidates = objectsAt(usage, 'candidatesTokensDetails')
  const audio_cache_read = countModality(cached, ['AUDIO'], counts)
  const image_cache_read = countModality(cached, imageModalities, counts)
  const audio = countModality(prompt, ['AUDIO'], counts)
  const image = countModality(prompt, imageModalities, counts)
  const allCached = counts.count(usage, 'cachedContentTokenCount')
  const cache_read = counts.rest('cachedContentTokenCount', allCached, audio_cache_read + image_cache_read)
  const total = counts.count(usage, 'promptTokenCount')
  const audio_out = countModality(candidates, ['AUDIO'], counts)
  const image_out = countModality(candidates, ['IMAGE'], counts)
  const made = counts.count(usage, 'candidatesTokenCount') + counts.count(usage, 'thoughtsTokenCount')
  return withoutZeros({
    text_in:
      counts.rest('promptTokenCount', total, audio + image + cache_read) +
      counts.count(usage, 'toolUsePromptTokenCount'),
    cache_read,
    audio_in: counts.rest('promptTokensDetails', audio, audio_cache_read),
    audio_cache_read,
    image_in: counts.rest('promptTokensDetails', image, image_cache_read),
    image_cache_read,
    text_out: counts.rest('candidatesTokenCount', made, audio_out + image_out),
    audio_out,
    image_out,
  })
}
