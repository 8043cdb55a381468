import type { AudioPart, DocumentPart, ImagePart, MediaSource } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { unsupportedMember } from '../members.ts'
import type { ConverseContext } from './render-context.ts'

const images: ReadonlyMap<string, string> = new Map([
  ['image/jpeg', 'jpeg'],
  ['image/jpg', 'jpeg'],
  ['image/png', 'png'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
])

const documents: ReadonlyMap<string, string> = new Map([
  ['application/pdf', 'pdf'],
  ['text/csv', 'csv'],
  ['application/csv', 'csv'],
  ['application/msword', 'doc'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/vnd.ms-excel', 'xls'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['text/html', 'html'],
  ['text/plain', 'txt'],
  ['text/markdown', 'md'],
])

const videos: ReadonlyMap<string, string> = new Map([
  ['video/mp4', 'mp4'],
  ['video/mpeg', 'mpeg'],
  ['video/quicktime', 'mov'],
  ['video/webm', 'webm'],
  ['video/x-matroska', 'mkv'],
  ['video/x-flv', 'flv'],
  ['video/x-ms-wmv', 'wmv'],
  ['video/3gpp', 'three_gp'],
])

/** A picture, a document or a video as a content block. */
export function renderMedia(part: ImagePart | DocumentPart, context: ConverseContext): JsonObject {
  const { source, path } = part
  if (source.kind === 'text') {
    return documentBlock(part, { format: 'txt', source: { bytes: encode(source.text) } }, context)
  }
  const mediaType = mediaTypeOf(source)
  const image = images.get(mediaType)
  if (image !== undefined || part.type === 'image') {
    return { image: { format: image ?? unknown(path, mediaType), source: sourceOf(source, path) } }
  }
  const video = videos.get(mediaType)
  if (video !== undefined) return { video: { format: video, source: sourceOf(source, path) } }
  const format = documents.get(mediaType) ?? unknown(path, mediaType)
  return documentBlock(part, { format, source: sourceOf(source, path) }, context)
}

export function renderAudio({ data, format }: AudioPart): JsonObject {
  return { audio: { format: format === 'pcm16' ? 'pcm' : format, source: { bytes: data } } }
}

function documentBlock(
  part: ImagePart | DocumentPart,
  content: JsonObject,
  { documentName }: ConverseContext,
): JsonObject {
  return { document: { ...content, name: documentName(part.type === 'document' ? part.title : undefined) } }
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** Of a file in S3 its name tells. */
function mediaTypeOf(source: MediaSource): string {
  if (source.kind === 'base64') return source.mediaType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (source.kind === 'file') return ''
  const extension = /\.([a-z0-9]+)$/i.exec(source.url)?.[1]?.toLowerCase() ?? ''
  const format = extension === 'jpg' ? 'jpeg' : extension
  const known = [...images, ...documents, ...videos].find(([, name]) => name === format)
  return source.mediaType ?? known?.[0] ?? ''
}

function sourceOf(source: MediaSource, path: string): JsonObject {
  if (source.kind === 'base64') return { bytes: source.data }
  if (source.kind === 'url' && source.url.startsWith('s3://')) return { s3Location: { uri: source.url } }
  throw unsupportedMember(path, 'This model takes files themselves (data URLs) and s3:// addresses alone.')
}

function unknown(path: string, mediaType: string): never {
  const message =
    mediaType === ''
      ? 'This model takes files themselves (data URLs) and s3:// addresses alone.'
      : `Files of type "${mediaType}" are not available on this model.`
  throw unsupportedMember(path, message)
}
