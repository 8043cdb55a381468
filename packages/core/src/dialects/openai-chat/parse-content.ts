import type { AudioPart, DocumentPart, ImagePart, Part, TextPart } from '../conversation.ts'
import {
  invalidMember,
  listMember,
  memberOf,
  type Place,
  pathOf,
  placesMember,
  requiredPlace,
  requiredString,
  stringMember,
  unsupportedMember,
} from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'
import { parseDataUrl } from './data-url.ts'
import { parseCache } from './parse-cache.ts'
import { parseExtras, understoodMembers } from './parse-extras.ts'

const understood = understoodMembers('type', 'text', 'refusal', 'image_url', 'input_audio', 'file', 'detail')

/** `content` as a string or as a list of parts. */
export function parseContent(message: Place): readonly Part[] {
  const content = memberOf(message, 'content')
  if (typeof content === 'string') return [{ type: 'text', text: content, path: pathOf(message, 'content') }]
  if (listMember(message, 'content') === undefined) {
    throw invalidMember(pathOf(message, 'content'), 'a string or a list of parts')
  }
  return placesMember(message, 'content').map((place) => {
    const cache = parseCache(place)
    const part = { ...parsePart(place), ...parseExtras(place, understood) }
    return cache === undefined ? part : { ...part, cache }
  })
}

/** Instructions are text and nothing else. */
export function parseTextContent(message: Place): readonly TextPart[] {
  return parseContent(message).map((part) => {
    if (part.type === 'text') return part
    throw invalidMember(part.path, 'a text part')
  })
}

/** What a tool gave back: text by the book, and the images and files that some clients send as well. */
export function parseResultContent(message: Place): readonly (TextPart | ImagePart | DocumentPart)[] {
  if (memberOf(message, 'content') === undefined) return []
  return parseContent(message).map((part) => {
    if (part.type === 'text' || part.type === 'image' || part.type === 'document') return part
    throw invalidMember(part.path, 'a text, image or file part')
  })
}

function parsePart(place: Place): Part {
  const type = requiredString(place, 'type')
  const { path } = place
  switch (type) {
    case 'text':
      return { type, text: requiredString(place, 'text'), path }
    case 'refusal':
      return { type, text: requiredString(place, 'refusal'), path }
    case 'image_url':
      return parseImage(place)
    case 'input_audio':
      return parseAudio(place)
    case 'file':
      return parseFile(place)
    default:
      throw unsupportedMember(path, `Content parts of type "${type}" are not available on this model.`)
  }
}

function parseImage(place: Place): ImagePart | DocumentPart {
  const { path } = place
  // The member is an object by the book; several clients send the address itself.
  const bare = memberOf(place, 'image_url')
  const image = typeof bare === 'string' ? place : requiredPlace(place, 'image_url')
  const url = typeof bare === 'string' ? bare : requiredString(image, 'url')
  const detail = withoutAbsent({ detail: stringMember(image, 'detail') })
  if (!/^data:/i.test(url)) return { type: 'image', source: { kind: 'url', url }, path, ...detail }
  const source = parseDataUrl(url, path)
  if (source.mediaType === 'application/pdf') return { type: 'document', source, path }
  return { type: 'image', source, path, ...detail }
}

function parseAudio(place: Place): AudioPart {
  const audio = requiredPlace(place, 'input_audio')
  const data = requiredString(audio, 'data')
  return { type: 'audio', data, format: requiredString(audio, 'format'), path: place.path }
}

function parseFile(place: Place): DocumentPart {
  const file = requiredPlace(place, 'file')
  const { path } = place
  const title = withoutAbsent({ title: stringMember(file, 'filename') })
  const data = stringMember(file, 'file_data')
  if (data !== undefined) return { type: 'document', source: fileSource(data, path), path, ...title }
  return { type: 'document', source: { kind: 'file', id: requiredString(file, 'file_id') }, path, ...title }
}

/** Some clients leave the `data:` head away; what they then send is a PDF. */
function fileSource(data: string, path: string): ReturnType<typeof parseDataUrl> {
  if (/^data:/i.test(data)) return parseDataUrl(data, path)
  return { kind: 'base64', mediaType: 'application/pdf', data }
}
