import type { MediaDelta, OpaqueDelta } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'

/** The first base64 characters of a sound in each format. Pieces of a stream are bare samples. */
const heads: readonly (readonly [string, string])[] = [
  ['UklGR', 'audio/wav'],
  ['SUQz', 'audio/mpeg'],
  ['//', 'audio/mpeg'],
  ['ZkxhQ', 'audio/flac'],
  ['T2dnUw', 'audio/ogg'],
]

/** `audio` of a message or of a piece of it, whose format only the request has told. */
export function audioDelta({ data, transcript }: JsonObject): readonly MediaDelta[] {
  const sound = typeof data === 'string' ? data : ''
  const said = typeof transcript === 'string' ? transcript : ''
  if (sound === '' && said === '') return []
  const mediaType = heads.find(([head]) => sound.startsWith(head))?.[1] ?? 'audio/pcm'
  return [{ type: 'media', kind: 'audio', mediaType, data: sound, ...(said !== '' && { transcript: said }) }]
}

const dataUrl = /^data:([^;,]+)[^,]*;base64,/

/** A picture that the model made, as OpenRouter and others show it; by address it is theirs alone. */
export function imageDelta(image: JsonObject): MediaDelta | OpaqueDelta {
  const bare = isJsonObject(image.image_url) ? image.image_url.url : image.image_url
  const url = typeof bare === 'string' ? bare : ''
  const [head, mediaType] = dataUrl.exec(url.slice(0, 256)) ?? []
  if (head === undefined || mediaType === undefined)
    return { type: 'opaque', dialect: 'openai-chat', value: image }
  return { type: 'media', kind: 'image', mediaType, data: url.slice(head.length) }
}
