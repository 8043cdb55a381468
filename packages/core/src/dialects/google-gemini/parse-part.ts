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
import { invalidMember, memberOf, type Place, pathOf, requiredString, stringMember } from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'
import { camelPlaceMember } from './camel-place.ts'
import { audioFormatOf, isGoogleFile } from './media-types.ts'
import { hiddenThinking, parseThoughtSignature } from './part-seal.ts'

const knownOfText: ReadonlySet<string> = new Set(['text', 'thought', 'thoughtSignature'])
/** The hub has no seal for media, so that a signature stays beside them. */
const knownOfMedia: ReadonlySet<string> = new Set(['inlineData', 'fileData', 'thought'])

/** Text, thinking or media; what only Gemini knows (code that it ran, calls of its own tools) is kept as it is. */
export function parsePart(place: Place): Part {
  const text = stringMember(place, 'text')
  if (memberOf(place, 'thought') === true) return parseThought(place, text)
  if (text !== undefined) return parseText(place, text)
  const inline = camelPlaceMember(place, 'inlineData')
  if (inline !== undefined) return { ...parseInline(inline, place.path), ...extrasOf(place) }
  const file = camelPlaceMember(place, 'fileData')
  if (file !== undefined) return parseFile(file, place)
  if (Object.keys(place.value).length === 0) throw invalidMember(place.path, 'a part with content')
  return { type: 'opaque', value: place.value, path: place.path }
}

function parseText(place: Place, text: string): TextPart {
  const seal = sealOf(place)
  return { type: 'text', text, path: place.path, ...withoutAbsent({ seal }), ...extrasOf(place, knownOfText) }
}

/** A picture that a model made while it thought is its own affair. */
function parseThought(place: Place, text: string | undefined): ThinkingPart | OpaquePart {
  const isText = text !== undefined || Object.keys(place.value).every((name) => knownOfText.has(name))
  return isText ? parseThinking(place, text) : { type: 'opaque', value: place.value, path: place.path }
}

function parseThinking(place: Place, text: string | undefined): ThinkingPart {
  const { redacted, ...seal } = sealOf(place) ?? {}
  const found = 'origin' in seal ? { seal } : {}
  const shown = 'origin' in seal && text === hiddenThinking ? '' : (text ?? '')
  return { type: 'thinking', text: shown, path: place.path, ...found, ...(redacted && { redacted }) }
}

export function sealOf(place: Place) {
  return parseThoughtSignature(stringMember(place, 'thoughtSignature'))
}

function parseInline(inline: Place, path: string): ImagePart | DocumentPart | AudioPart {
  const mediaType = requiredString(inline, 'mimeType')
  const data = requiredString(inline, 'data')
  if (/^audio\//i.test(mediaType)) return { type: 'audio', data, format: audioFormatOf(mediaType), path }
  const source = { kind: 'base64', mediaType, data } as const
  const title = stringMember(inline, 'displayName')
  return isImage(mediaType)
    ? { type: 'image', source, path }
    : { type: 'document', source, path, ...withoutAbsent({ title }) }
}

/** A file at Google is one that no other provider can read; its media type then stays beside it. */
function parseFile(file: Place, place: Place): ImagePart | DocumentPart {
  const uri = requiredString(file, 'fileUri')
  const mediaType = stringMember(file, 'mimeType')
  const type = mediaType !== undefined && isImage(mediaType) ? 'image' : 'document'
  const { path } = place
  if (!isGoogleFile(uri)) {
    const source = { kind: 'url', url: uri, ...withoutAbsent({ mediaType }) } as const
    return { type, source, path, ...extrasOf(place) }
  }
  const extras = { fileData: file.value, ...extrasOf(place).extras }
  return { type, source: { kind: 'file', id: uri }, path, extras }
}

function isImage(mediaType: string): boolean {
  return /^image\//i.test(mediaType)
}

/** How long a video is to be watched, how closely a picture is to be looked at. */
function extrasOf(place: Place, known = knownOfMedia): { readonly extras?: JsonObject } {
  const others = Object.entries(place.value).filter(([name, value]) => !known.has(name) && value !== null)
  return others.length === 0 ? {} : { extras: Object.fromEntries(others) }
}

/** The result of a tool in media, which may be pictures and files. */
export function parseResultMedia(place: Place): ImagePart | DocumentPart {
  const part = parsePart(place)
  if (part.type === 'image' || part.type === 'document') return part
  throw invalidMember(pathOf(place, 'inlineData'), 'a picture or a file')
}
