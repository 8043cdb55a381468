import type { MediaDelta, OpaqueDelta } from '../delta.ts'
import type { AnswerContext } from '../dialect.ts'
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

/** `audio` of a message or of a piece of it. */
export interface AudioPiece {
  readonly id: string
  readonly data: string
  readonly transcript: string
  readonly expires_at: number
}

/** Sound in OpenAI's words, pictures in those that OpenRouter and others share. One instance an answer. */
export function createMediaRenderer({ requestId, created }: AnswerContext): (
  delta: MediaDelta | OpaqueDelta,
) =>
  | {
      readonly audio?: AudioPiece
      readonly images?: readonly JsonObject[]
    }
  | undefined {
  let images = 0

  function image(value: JsonObject) {
    const piece = { ...value, index: images }
    images += 1
    return { images: [piece] }
  }

  return (delta) => {
    if (delta.type === 'opaque') return delta.dialect === 'openai-chat' ? image(delta.value) : undefined
    const { kind, mediaType, data, transcript = '' } = delta
    // Nobody keeps the sound, so that it is as good as expired.
    if (kind === 'audio')
      return { audio: { id: `audio_${requestId}`, data, transcript, expires_at: created } }
    return image({ type: 'image_url', image_url: { url: `data:${mediaType};base64,${data}` } })
  }
}

/** The pieces of a sound as one. Each is base64 of its own, which cannot be strung together. */
export function joinAudio(pieces: readonly AudioPiece[]): AudioPiece | undefined {
  const [first] = pieces
  if (first === undefined) return undefined
  const bytes = Buffer.concat(pieces.map(({ data }) => Buffer.from(data, 'base64')))
  const transcript = pieces.map((piece) => piece.transcript).join('')
  return { ...first, data: bytes.toString('base64'), transcript }
}
