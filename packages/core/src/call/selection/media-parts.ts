import { isJsonObject, type JsonObject } from '../../dialects/json.ts'
import type { Modality } from '../../models/model.ts'

/**
 * Words that are in every body that holds something beside text. They may be there for another reason: a tool's
 * arguments have names of their own.
 */
export const mediaWords = [
  '"image_url"',
  '"input_image"',
  '"computer_screenshot"',
  '"image"',
  '"input_audio"',
  '"video_url"',
  '"file"',
  '"input_file"',
  '"document"',
  'nlineData"',
  'nline_data"',
  'ileData"',
  'ile_data"',
] as const

/**
 * What is in a conversation beside text, in any dialect: a walk over messages and their parts, which passes over
 * what tools are called with.
 *
 * @param conversation The member `messages`, `input` or `contents`.
 */
export function findMedia(conversation: unknown): Set<Modality> {
  const found = new Set<Modality>()
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const each of part) visit(each)
    if (!isJsonObject(part)) return
    const modality = modalityOf(part)
    if (modality !== undefined) found.add(modality)
    for (const name of nested) visit(part[name])
  }
  visit(conversation)
  return found
}

/** Where messages keep their parts, tools their answers, and calls of computers their screenshots. */
const nested = ['content', 'parts', 'output', 'functionResponse', 'function_response'] as const

function modalityOf(part: JsonObject): Modality | undefined {
  const { type } = part
  const byType = typeof type === 'string' && Object.hasOwn(types, type) ? types[type] : undefined
  if (byType !== undefined) return typeof byType === 'function' ? byType(part) : byType
  for (const name of ['inlineData', 'inline_data', 'fileData', 'file_data']) {
    const data = part[name]
    if (isJsonObject(data)) return ofMimeType(data.mimeType ?? data.mime_type)
  }
  return undefined
}

const types: Readonly<Record<string, Modality | ((part: JsonObject) => Modality | undefined)>> = {
  image_url: 'image',
  input_image: 'image',
  computer_screenshot: 'image',
  image: 'image',
  input_audio: 'audio',
  video_url: 'video',
  file: ({ file }) => (isJsonObject(file) ? ofFile(file) : undefined),
  input_file: (part) => ofFile(part),
  document: ({ source }) => (isJsonObject(source) ? ofDocument(source) : undefined),
}

/** A file of which only its provider knows what it is rules nobody out. */
function ofFile({ file_data: data, filename, file_url: url }: JsonObject): Modality | undefined {
  if (typeof data === 'string' && data.startsWith('data:')) return ofMimeType(data.slice(5, 64))
  return [filename, url].some((name) => typeof name === 'string' && /\.pdf$/i.test(name)) ? 'pdf' : undefined
}

/** Documents of plain text and of blocks are text; by an address come PDF files alone. */
function ofDocument({ type, media_type: mediaType }: JsonObject): Modality | undefined {
  return type === 'url' ? 'pdf' : ofMimeType(mediaType)
}

function ofMimeType(mimeType: unknown): Modality | undefined {
  if (typeof mimeType !== 'string') return undefined
  const kind = /^(image|audio|video)\//i.exec(mimeType)?.[1]?.toLowerCase()
  if (kind !== undefined) return kind as Modality
  return /^application\/pdf/i.test(mimeType) ? 'pdf' : undefined
}
