import type {
  DocumentPart,
  ImagePart,
  MediaSource,
  OpaquePart,
  Part,
  RefusalPart,
  TextPart,
  ThinkingPart,
  ToolCallPart,
  ToolResultPart,
} from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { unsupportedMember } from '../members.ts'
import type { RenderContext } from './render-context.ts'

const imageTypes = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

/** What is a block of its own; calls and their results are told apart from it. */
export type BlockPart = Exclude<Part, ToolCallPart | ToolResultPart>

/** A part as a content block; undefined where nothing of it can be sent. */
export function renderPart(part: BlockPart, context: RenderContext): JsonObject | undefined {
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
    case 'opaque':
      return renderOpaque(part, context)
  }
}

/**
 * The block with the members that the hub has no name for, where they are this dialect's. Extras that have a type
 * are the block as it came, which the part only shows to others.
 */
export function withExtras(
  block: JsonObject,
  part: Pick<Part, 'extras' | 'cache' | 'path'>,
  { isOwn }: RenderContext,
): JsonObject {
  if (!isOwn || part.extras === undefined) return block
  if (part.extras.type === undefined) return { ...block, ...part.extras }
  const { cache_control } = block
  return { ...(cache_control === undefined ? {} : { cache_control }), ...part.extras }
}

/** Blocks without visible text are refused upstream, and say nothing. */
export function renderText(part: TextPart | RefusalPart, context: RenderContext): JsonObject | undefined {
  if (part.text.trim() === '') return undefined
  return withExtras({ type: 'text', text: part.text, ...context.cacheControl(part) }, part, context)
}

export function renderMedia(part: ImagePart | DocumentPart, context: RenderContext): JsonObject {
  const source = part.type === 'image' ? imageSource(part, context) : documentSource(part, context)
  const title = part.type === 'document' && part.title !== undefined ? { title: part.title } : {}
  return withExtras({ type: part.type, source, ...title, ...context.cacheControl(part) }, part, context)
}

function renderOpaque(
  part: OpaquePart,
  { isOwn, warnings, cacheControl }: RenderContext,
): JsonObject | undefined {
  if (isOwn) return { ...part.value, ...cacheControl(part) }
  warnings.dropped(part.path, `Parts of type "${part.value.type}" are not available on this model.`)
  return undefined
}

function renderThinkingBlock(part: ThinkingPart, { warnings }: RenderContext): JsonObject | undefined {
  const { seal, redacted, text, path } = part
  if (seal?.origin === 'anthropic') {
    if (redacted) return { type: 'redacted_thinking', data: seal.value }
    return { type: 'thinking', thinking: text, signature: seal.value }
  }
  warnings.omitted(path, 'Earlier reasoning without a signature of this provider is left out.')
  return undefined
}

function imageSource({ source, path }: ImagePart, context: RenderContext): JsonObject {
  if (source.kind !== 'base64') return remoteSource(source, path, context)
  const mediaType = source.mediaType === 'image/jpg' ? 'image/jpeg' : source.mediaType
  if (!imageTypes.has(mediaType)) {
    throw unsupportedMember(path, `Images of type "${mediaType}" are not available on this model.`)
  }
  return { type: 'base64', media_type: mediaType, data: source.data }
}

function documentSource({ source, path }: DocumentPart, context: RenderContext): JsonObject {
  if (source.kind === 'text') return textSource(source.text)
  if (source.kind !== 'base64') return remoteSource(source, path, context)
  if (source.mediaType === 'application/pdf' || context.isOwn) {
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

function remoteSource(
  source: Exclude<MediaSource, { kind: 'base64' }>,
  path: string,
  { isOwn }: RenderContext,
): JsonObject {
  if (source.kind === 'file') {
    if (isOwn) return { type: 'file', file_id: source.id }
    throw unsupportedMember(path, 'Files by id are not available on this model; send the file itself.')
  }
  if (/^https:/i.test(source.url)) return { type: 'url', url: source.url }
  throw unsupportedMember(path, 'Only https and data URLs are available on this model.')
}
