import type { DocumentPart, ImagePart, MediaSource, OpaquePart } from '../conversation.ts'
import {
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
import { keepOf, parseCache, wholeOf } from './parse-located.ts'

const imageMembers = new Set(['type', 'source'])
const documentMembers = new Set(['type', 'source', 'title'])
const none = new Set<string>()

export function parseImage(block: Place): ImagePart {
  const source = parseSource(requiredPlace(block, 'source'))
  return { type: 'image', source, ...keepOf(block, imageMembers) }
}

/** A file, a text, or a list of blocks to cite from, which other dialects read as one text. */
export function parseDocument(block: Place): DocumentPart | OpaquePart {
  const source = requiredPlace(block, 'source')
  const type = requiredString(source, 'type')
  const head = { type: 'document', ...withoutAbsent({ title: stringMember(block, 'title') }) } as const
  if (type === 'text') {
    const text = requiredString(source, 'data')
    return { ...head, source: { kind: 'text', text }, ...keepOf(block, documentMembers) }
  }
  if (type !== 'content') return { ...head, source: parseSource(source), ...keepOf(block, documentMembers) }
  const text = textOf(source)
  if (text === undefined) return { type: 'opaque', value: wholeOf(block), ...markOf(block) }
  return { ...head, source: { kind: 'text', text }, ...keepOf(block, none) }
}

/** What a client's own search found: elsewhere a document, here the same block again. */
export function parseSearchResult(block: Place): DocumentPart {
  const text = textOf(block) ?? ''
  const title = stringMember(block, 'title') ?? stringMember(block, 'source')
  return {
    type: 'document',
    source: { kind: 'text', text },
    ...withoutAbsent({ title }),
    ...keepOf(block, none),
  }
}

function markOf(block: Place): { readonly path: string; readonly cache?: { readonly ttl?: string } } {
  const cache = parseCache(block)
  return { path: block.path, ...(cache === undefined ? {} : { cache }) }
}

/** The text of `content`; undefined where there is more in it than text. */
function textOf(place: Place): string | undefined {
  const content = memberOf(place, 'content')
  if (typeof content === 'string') return content
  const blocks = placesMember(place, 'content')
  if (blocks.some((block) => memberOf(block, 'type') !== 'text')) return undefined
  return blocks.map((block) => requiredString(block, 'text')).join('\n')
}

function parseSource(source: Place): MediaSource {
  const type = requiredString(source, 'type')
  switch (type) {
    case 'base64': {
      const mediaType = requiredString(source, 'media_type')
      return { kind: 'base64', mediaType, data: requiredString(source, 'data') }
    }
    case 'url':
      return { kind: 'url', url: requiredString(source, 'url') }
    case 'file':
      return { kind: 'file', id: requiredString(source, 'file_id') }
    default:
      throw unsupportedMember(
        pathOf(source, 'type'),
        `Sources of type "${type}" are not available on this model.`,
      )
  }
}
