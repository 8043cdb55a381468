import type { AudioPart, DocumentPart, ImagePart, MediaSource, Part } from '../conversation.ts'
import { dropOpaque } from '../drop-opaque.ts'
import type { JsonObject } from '../json.ts'
import { unsupportedMember } from '../members.ts'
import { mediaUrl } from '../openai-chat/media-url.ts'
import type { RenderContext } from './render-context.ts'

/** A part that a user, a tool or the instructions hold; undefined where nothing of it can be sent. */
export function renderInputPart(part: Part, context: RenderContext): JsonObject | undefined {
  const content = renderBare(part, context)
  if (content === undefined) return undefined
  const extras = context.isOwn ? part.extras : undefined
  return { ...extras, ...content, ...context.cacheMark(part.cache) }
}

function renderBare(part: Part, context: RenderContext): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return inputText(part.text)
    case 'refusal':
      return context.isOwn ? { type: 'refusal', refusal: part.text } : inputText(part.text)
    case 'image':
      return renderImage(part, context)
    case 'document':
      return renderDocument(part, context)
    case 'audio':
      return renderAudio(part)
    case 'opaque':
      // The dialect's own are items, which stand beside messages.
      return context.isOwn ? undefined : dropOpaque(part, context.warnings)
    default:
      return undefined
  }
}

export function inputText(text: string): JsonObject {
  return { type: 'input_text', text }
}

function renderImage({ source, detail, path }: ImagePart, context: RenderContext): JsonObject {
  const image =
    source.kind === 'file' ? storedFile(source.id, path, context) : { image_url: mediaUrl(source) }
  // Some servers demand the member that OpenAI has a default for.
  const wanted = detail ?? (context.isOwn ? undefined : 'auto')
  return { type: 'input_image', ...image, ...(wanted === undefined ? {} : { detail: wanted }) }
}

function renderAudio({ data, format }: AudioPart): JsonObject {
  return { type: 'input_audio', input_audio: { data, format } }
}

function renderDocument({ source, title, path }: DocumentPart, context: RenderContext): JsonObject {
  const named = title === undefined ? {} : { filename: title }
  switch (source.kind) {
    case 'text':
      return inputText(title === undefined ? source.text : `${title}\n\n${source.text}`)
    case 'url':
      // A name beside an address is refused, unless the client knows better.
      if (title !== undefined && !context.isOwn)
        context.warnings.changed(path, 'This model is not told the names of files that it fetches.')
      return { type: 'input_file', file_url: source.url, ...(context.isOwn ? named : {}) }
    case 'file':
      return { type: 'input_file', ...storedFile(source.id, path, context), ...(context.isOwn ? named : {}) }
    case 'base64':
      return renderFile(source, { title, path }, context)
  }
}

function renderFile(
  source: Extract<MediaSource, { kind: 'base64' }>,
  { title, path }: { readonly title: string | undefined; readonly path: string },
  { isOwn }: RenderContext,
): JsonObject {
  const [family = '', kind = ''] = source.mediaType.split('/')
  if (family === 'video' || family === 'audio') {
    throw unsupportedMember(path, `Files of type "${source.mediaType}" are not available on this model.`)
  }
  if (family === 'image') return { type: 'input_image', image_url: mediaUrl(source), detail: 'auto' }
  const filename = isOwn ? title : fileName(title, kind)
  const named = filename === undefined ? {} : { filename }
  return { type: 'input_file', ...named, file_data: mediaUrl(source) }
}

/** Extensions that differ from the second half of their media type. */
const extensions: ReadonlyMap<string, string> = new Map([
  ['plain', 'txt'],
  ['markdown', 'md'],
])

/** The provider demands a name, and reads the kind of the file from it. */
function fileName(title = 'document', kind: string): string {
  if (/\.\w{1,5}$/.test(title)) return title
  return `${title}.${extensions.get(kind) ?? (/^\w+$/.test(kind) ? kind : 'bin')}`
}

/** Only OpenAI keeps files for OpenAI. */
function storedFile(id: string, path: string, { isForOpenAi }: RenderContext): JsonObject {
  if (isForOpenAi) return { file_id: id }
  throw unsupportedMember(path, 'Files by id are not available on this model; send the file itself.')
}
