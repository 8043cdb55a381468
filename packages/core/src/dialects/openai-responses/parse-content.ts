import type {
  AudioPart,
  DocumentPart,
  ImagePart,
  MediaSource,
  Part,
  RefusalPart,
  TextPart,
} from '../conversation.ts'
import {
  invalidMember,
  listMember,
  memberOf,
  type Place,
  pathOf,
  requiredPlace,
  requiredString,
  stringMember,
  unsupportedMember,
} from '../members.ts'
import { parseDataUrl } from '../openai-chat/data-url.ts'
import { parseCache } from '../openai-chat/parse-cache.ts'
import { withoutAbsent } from '../without-absent.ts'
import { listedPlaces, restOf } from './places.ts'

type ContentPart = TextPart | ImagePart | DocumentPart | AudioPart | RefusalPart

/** Members with a place in the hub; all others are extras of the part. */
const known = new Set([
  'type',
  'text',
  'refusal',
  'image_url',
  'file_id',
  'file_data',
  'file_url',
  'filename',
  'input_audio',
  'prompt_cache_breakpoint',
  'cache_control',
])
const ofImages = new Set([...known, 'detail'])

/** `content` of a message, or `output` of a tool: a string or a list of parts. */
export function parseContent(place: Place, name: string): readonly Part[] {
  const content = memberOf(place, name)
  if (typeof content === 'string') return [{ type: 'text', text: content, path: pathOf(place, name) }]
  if (listMember(place, name) === undefined) {
    throw invalidMember(pathOf(place, name), 'a string or a list of parts')
  }
  return listedPlaces(place, name).map((part) => located(parsePart(part), part))
}

/** What a model wrote earlier; kinds of content that only this API knows come back to it alone. */
export function parseAssistantContent(place: Place): readonly Part[] {
  if (!Array.isArray(memberOf(place, 'content'))) return parseContent(place, 'content')
  return listedPlaces(place, 'content').map((part) => {
    const type = stringMember(part, 'type')
    if (type === undefined || isKnown(type)) return located(parsePart(part), part)
    return { type: 'opaque', value: part.value, path: part.path }
  })
}

/** Instructions are text and nothing else. */
export function parseTextContent(place: Place): readonly TextPart[] {
  return parseContent(place, 'content').map((part) => {
    if (part.type === 'text') return part
    throw invalidMember(part.path, 'a text part')
  })
}

/** What a tool gave back. */
export function parseResultContent(place: Place): readonly (TextPart | ImagePart | DocumentPart)[] {
  return parseContent(place, 'output').map((part) => {
    if (part.type === 'text' || part.type === 'image' || part.type === 'document') return part
    throw invalidMember(part.path, 'a text, image or file part')
  })
}

function located(part: ContentPart, place: Place): ContentPart {
  const extras = restOf(place, part.type === 'image' ? ofImages : known)
  return { ...part, ...withoutAbsent({ cache: parseCache(place), extras }) }
}

const parsers: Readonly<Record<string, (place: Place) => ContentPart>> = {
  input_text: parseText,
  output_text: parseText,
  // What clients of Chat Completions write.
  text: parseText,
  refusal: (place) => ({ type: 'refusal', text: requiredString(place, 'refusal'), path: place.path }),
  input_image: parseImage,
  input_file: parseFile,
  input_audio: parseAudio,
}

function isKnown(type: string): boolean {
  return Object.hasOwn(parsers, type)
}

function parsePart(place: Place): ContentPart {
  const type = requiredString(place, 'type')
  const parse = isKnown(type) ? parsers[type] : undefined
  if (parse !== undefined) return parse(place)
  throw unsupportedMember(place.path, `Content parts of type "${type}" are not available on this model.`)
}

function parseText(place: Place): TextPart {
  return { type: 'text', text: requiredString(place, 'text'), path: place.path }
}

function parseImage(place: Place): ImagePart | DocumentPart {
  const { path } = place
  const fileId = stringMember(place, 'file_id')
  const source = fileId === undefined ? urlSource(place, 'image_url') : fileSource(fileId)
  if (source.kind === 'base64' && source.mediaType === 'application/pdf') {
    return { type: 'document', source, path }
  }
  return { type: 'image', source, path, ...withoutAbsent({ detail: stringMember(place, 'detail') }) }
}

function parseFile(place: Place): DocumentPart {
  const data = stringMember(place, 'file_data')
  const title = stringMember(place, 'filename')
  const source = data === undefined ? storedSource(place) : dataSource(data, place.path)
  return { type: 'document', source, path: place.path, ...withoutAbsent({ title }) }
}

function storedSource(place: Place): MediaSource {
  const fileId = stringMember(place, 'file_id')
  return fileId === undefined ? urlSource(place, 'file_url') : fileSource(fileId)
}

function fileSource(id: string): MediaSource {
  return { kind: 'file', id }
}

function urlSource(place: Place, name: string): MediaSource {
  const url = requiredString(place, name)
  return /^data:/i.test(url) ? parseDataUrl(url, place.path) : { kind: 'url', url }
}

/** Some clients leave the `data:` head away; what they then send is a PDF. */
function dataSource(data: string, path: string): MediaSource {
  if (/^data:/i.test(data)) return parseDataUrl(data, path)
  return { kind: 'base64', mediaType: 'application/pdf', data }
}

function parseAudio(place: Place): AudioPart {
  const audio = requiredPlace(place, 'input_audio')
  const data = requiredString(audio, 'data')
  return { type: 'audio', data, format: requiredString(audio, 'format'), path: place.path }
}
