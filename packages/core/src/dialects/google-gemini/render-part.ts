import type {
  AudioPart,
  DocumentPart,
  ImagePart,
  OpaquePart,
  Part,
  TextPart,
  ThinkingPart,
} from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { unsupportedMember } from '../members.ts'
import type { Seal } from '../seal.ts'
import { mediaTypeOfAudio, mediaTypeOfUrl } from './media-types.ts'
import type { RenderContext } from './render-context.ts'

/** A part that is no call and no result; undefined where nothing of it can be sent. */
export function renderPart(part: Part, context: RenderContext): JsonObject | undefined {
  const rendered = renderContent(part, context)
  return rendered === undefined || !context.isOwn ? rendered : { ...part.extras, ...rendered }
}

function renderContent(part: Part, context: RenderContext): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return renderText(part)
    case 'refusal':
      return part.text === '' ? undefined : { text: part.text }
    case 'image':
    case 'document':
      return renderMedia(part, context)
    case 'audio':
      return renderAudio(part)
    case 'thinking':
      return renderThinking(part, context)
    case 'opaque':
      return renderOpaque(part, context)
    default:
      return undefined
  }
}

/** The signature that a part of this provider's needs back. */
export function signatureOf(seal: Seal | undefined): JsonObject {
  return seal?.origin === 'google' ? { thoughtSignature: seal.value } : {}
}

/** A text without a character is refused, unless it is there for its signature. */
function renderText({ text, seal }: TextPart): JsonObject | undefined {
  const signature = signatureOf(seal)
  return text === '' && seal?.origin !== 'google' ? undefined : { text, ...signature }
}

function renderThinking(part: ThinkingPart, { isOwn, warnings }: RenderContext): JsonObject | undefined {
  const { seal, text, path } = part
  if (seal?.origin === 'google' || (isOwn && seal === undefined))
    return { text, thought: true, ...signatureOf(seal) }
  warnings.omitted(path, 'Earlier reasoning without a signature of this provider is left out.')
  return undefined
}

function renderOpaque(
  { value, path }: OpaquePart,
  { isOwn, warnings }: RenderContext,
): JsonObject | undefined {
  if (isOwn) return value
  const kind = typeof value.type === 'string' ? value.type : Object.keys(value)[0]
  warnings.dropped(path, `Parts of type "${kind}" are not available on this model.`)
  return undefined
}

function renderAudio({ data, format }: AudioPart): JsonObject {
  return { inlineData: { mimeType: mediaTypeOfAudio(format), data } }
}

export function renderMedia(part: ImagePart | DocumentPart, context: RenderContext): JsonObject {
  const { source, path } = part
  if (source.kind === 'text')
    return { text: titledText(source.text, part.type === 'document' ? part.title : undefined) }
  if (part.type === 'document' && part.title !== undefined)
    context.warnings.changed(path, 'This model is not told the names of files.')
  if (source.kind === 'base64') {
    const mimeType = source.mediaType === 'image/jpg' ? 'image/jpeg' : source.mediaType
    return { inlineData: { mimeType, data: source.data } }
  }
  if (source.kind === 'file') return renderFile(part, source.id, context)
  if (!/^https?:/i.test(source.url))
    throw unsupportedMember(path, 'Only http, https and data URLs are available on this model.')
  const mimeType = source.mediaType ?? mediaTypeOfUrl(source.url, part.type)
  return { fileData: { mimeType, fileUri: source.url } }
}

/** A document that is shown as text says what it is called. */
export function titledText(text: string, title: string | undefined): string {
  return title === undefined ? text : `${title}\n\n${text}`
}

function renderFile(
  { path, extras }: ImagePart | DocumentPart,
  id: string,
  { isOwn }: RenderContext,
): JsonObject {
  if (isOwn) return { fileData: extras?.fileData ?? { fileUri: id } }
  throw unsupportedMember(path, 'Files by id are not available on this model; send the file itself.')
}
