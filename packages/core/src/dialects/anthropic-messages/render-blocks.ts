import type { DocumentPart, ImagePart, MediaSource, Part, TextPart, ThinkingPart } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { unsupportedMember } from '../members.ts'
import type { RenderContext } from './render-context.ts'

const imageTypes = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

/** A part as a content block; undefined where nothing of it can be sent. */
export function renderPart(part: Part, context: RenderContext): JsonObject | undefined {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return renderText(part, context)
    case 'image':
    case 'document':
      return renderMedia(part, context)
    case 'thinking':
      return renderThinkingBlock(part, context)
    case 'audio':
      throw unsupportedMember(part.path, 'Audio input is not available on this model.')
    default:
      return undefined
  }
}

/** Blocks without visible text are refused upstream, and say nothing. */
export function renderText(
  part: Pick<TextPart, 'text' | 'path' | 'cache'>,
  context: RenderContext,
): JsonObject | undefined {
  if (part.text.trim() === '') return undefined
  return { type: 'text', text: part.text, ...context.cacheControl(part) }
}

export function renderMedia(part: ImagePart | DocumentPart, context: RenderContext): JsonObject {
  const source = part.type === 'image' ? imageSource(part) : documentSource(part)
  const title = part.type === 'document' && part.title !== undefined ? { title: part.title } : {}
  return { type: part.type, source, ...title, ...context.cacheControl(part) }
}

function renderThinkingBlock(part: ThinkingPart, { warnings }: RenderContext): JsonObject | undefined {
  const { seal, redacted, text, path } = part
  if (seal?.origin === 'anthropic') {
    if (redacted) return { type: 'redacted_thinking', data: seal.value }
    return { type: 'thinking', thinking: text, signature: seal.value }
  }
  warnings.dropped(path, 'Earlier reasoning without a signature of this provider is left out.')
  return undefined
}

function imageSource({ source, path }: ImagePart): JsonObject {
  if (source.kind !== 'base64') return remoteSource(source, path)
  const mediaType = source.mediaType === 'image/jpg' ? 'image/jpeg' : source.mediaType
  if (!imageTypes.has(mediaType)) {
    throw unsupportedMember(path, `Images of type "${mediaType}" are not available on this model.`)
  }
  return { type: 'base64', media_type: mediaType, data: source.data }
}

function documentSource({ source, path }: DocumentPart): JsonObject {
  if (source.kind === 'text') return textSource(source.text)
  if (source.kind !== 'base64') return remoteSource(source, path)
  if (source.mediaType === 'application/pdf') {
    return { type: 'base64', media_type: source.mediaType, data: source.data }
  }
  if (source.mediaType === 'text/plain') return textSource(decodeText(source.data))
  throw unsupportedMember(path, `Files of type "${source.mediaType}" are not available on this model.`)
}

function textSource(text: string): JsonObject {
  return { type: 'text', media_type: 'text/plain', data: text }
}

function decodeText(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}

function remoteSource(source: Exclude<MediaSource, { kind: 'base64' }>, path: string): JsonObject {
  if (source.kind === 'file') {
    throw unsupportedMember(path, 'Files by id are not available on this model; send the file itself.')
  }
  if (/^https:/i.test(source.url)) return { type: 'url', url: source.url }
  throw unsupportedMember(path, 'Only https and data URLs are available on this model.')
}
