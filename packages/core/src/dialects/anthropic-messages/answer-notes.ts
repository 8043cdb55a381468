import type { CitationDelta, MediaDelta } from '../delta.ts'
import type { JsonObject } from '../json.ts'

/** The one kind of citation with an address; what encrypts its place is the provider's alone. */
export function renderCitation({ url, title, citedText }: CitationDelta): JsonObject {
  return {
    type: 'web_search_result_location',
    url,
    title: title ?? null,
    cited_text: citedText ?? '',
    encrypted_index: '',
  }
}

/**
 * Answers of this API hold no pictures and no sound, so the client is told of them in words. Their data as text
 * would fill the model's context as soon as the client sends its history back.
 *
 * @param told An earlier piece of the sound has been told of.
 */
export function renderMediaNote(
  { kind, mediaType, data, transcript = '' }: MediaDelta,
  told: boolean,
): string {
  if (kind === 'audio')
    return told ? transcript : `[A sound that this API cannot carry: ${mediaType}]\n${transcript}`
  return `[An image that this API cannot carry: ${mediaType}, ${byteLength(data)} bytes]`
}

function byteLength(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4)
}
