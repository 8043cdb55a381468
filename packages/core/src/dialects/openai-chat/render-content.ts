import type { AudioPart, DocumentPart, ImagePart, MediaSource, Part, TextPart } from '../conversation.ts'
import { dropOpaque } from '../drop-opaque.ts'
import type { JsonObject } from '../json.ts'
import { unsupportedMember } from '../members.ts'
import { mediaUrl } from './media-url.ts'
import type { RenderContext } from './render-context.ts'

/** A part of a message as a content part; undefined where it has no place in a message's content. */
export function renderPart(part: Part, context: RenderContext): JsonObject | undefined {
  const content = renderBare(part, context)
  if (content === undefined) return undefined
  const extras = context.isOwn ? part.extras : undefined
  return { ...extras, ...content, ...context.cacheMark(part.cache) }
}

function renderBare(part: Part, context: RenderContext): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return text(part.text)
    case 'refusal':
      return context.isOwn ? { type: 'refusal', refusal: part.text } : text(part.text)
    case 'image':
      return renderImage(part)
    case 'document':
      return renderDocument(part, context)
    case 'audio':
      return renderAudio(part)
    case 'opaque':
      return context.isOwn ? part.value : dropOpaque(part, context.warnings)
    default:
      return undefined
  }
}

function text(value: string): JsonObject {
  return { type: 'text', text: value }
}

function renderImage({ source, detail, path }: ImagePart): JsonObject {
  if (source.kind === 'file') {
    throw unsupportedMember(path, 'Images by id are not available on this model; send the image itself.')
  }
  const image = { url: mediaUrl(source), ...(detail === undefined ? {} : { detail }) }
  return { type: 'image_url', image_url: image }
}

function renderAudio({ data, format }: AudioPart): JsonObject {
  return { type: 'input_audio', input_audio: { data, format } }
}

function renderDocument(part: DocumentPart, context: RenderContext): JsonObject {
  const { source, title, path } = part
  switch (source.kind) {
    case 'text':
      return text(titled(source.text, title))
    case 'url':
      throw unsupportedMember(path, 'Files by address are not available on this model; send the file itself.')
    case 'file':
      return renderStoredFile(source.id, part, context)
    case 'base64':
      return renderFile(source, { title, path }, context)
  }
}

/** A text that is shown in place of its file says what the file was called. */
function titled(value: string, title: string | undefined): string {
  return title === undefined ? value : `${title}\n\n${value}`
}

/** Only OpenAI keeps files for OpenAI. */
function renderStoredFile(
  id: string,
  { path, title }: DocumentPart,
  { conversation, isOpenAi, isOwn }: RenderContext,
): JsonObject {
  if (isOwn || (isOpenAi && conversation.dialect === 'openai-responses')) {
    const filename = isOwn && title !== undefined ? { filename: title } : {}
    return { type: 'file', file: { ...filename, file_id: id } }
  }
  throw unsupportedMember(path, 'Files by id are not available on this model; send the file itself.')
}

function renderFile(
  source: Extract<MediaSource, { kind: 'base64' }>,
  { title, path }: { readonly title: string | undefined; readonly path: string },
  { isOwn }: RenderContext,
): JsonObject {
  const { mediaType, data } = source
  const [family = '', kind = ''] = mediaType.split('/')
  if (family === 'video') throw unsupportedMember(path, 'Video is not available on this model.')
  if (family === 'image') return { type: 'image_url', image_url: { url: mediaUrl(source) } }
  if (family === 'text' && !isOwn) return text(titled(Buffer.from(data, 'base64').toString('utf8'), title))
  const usual = isOwn ? undefined : `document.${/^[a-z0-9]+$/.test(kind) ? kind : 'bin'}`
  const filename = title ?? usual
  return {
    type: 'file',
    file: { ...(filename === undefined ? {} : { filename }), file_data: mediaUrl(source) },
  }
}

/** Content that is text alone, as one string where nothing marks its parts. */
export function contentOf(
  parts: readonly JsonObject[],
  { separator }: { readonly separator: string | undefined },
): string | readonly JsonObject[] {
  const texts = parts.map(plainText)
  if (texts.some((value) => value === undefined)) return parts
  if (parts.length > 1 && separator === undefined) return parts
  return texts.join(separator)
}

function plainText(part: JsonObject): string | undefined {
  const isPlain = part.type === 'text' && Object.keys(part).length === 2
  return isPlain && typeof part.text === 'string' ? part.text : undefined
}

/** A tool's result is text; what is none of it goes to the model in the message behind the results. */
export function isText(part: TextPart | ImagePart | DocumentPart): boolean {
  return part.type === 'text' || (part.type === 'document' && part.source.kind === 'text')
}
