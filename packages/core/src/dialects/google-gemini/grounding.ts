import type { CitationDelta } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'

type Source = Omit<CitationDelta, 'type' | 'index'>

/**
 * Where the statements of a text come from: `groundingMetadata`, or `citationMetadata` where text is quoted.
 *
 * @param text The text that the block with this index holds.
 */
export function parseCitations(candidate: JsonObject, text: string, index: number): readonly CitationDelta[] {
  const { groundingMetadata: grounding, citationMetadata: quoted } = candidate
  const sources = [
    ...(isJsonObject(grounding) ? groundedSources(grounding, text) : []),
    ...(isJsonObject(quoted) ? quotedSources(quoted, text) : []),
  ]
  return sources.map((source) => ({ type: 'citation', index, ...source }))
}

function groundedSources(grounding: JsonObject, text: string): readonly Source[] {
  const pages = objectsIn(grounding.groundingChunks).map(pageOf)
  const supports = objectsIn(grounding.groundingSupports)
  if (supports.length === 0) return pages.filter((page) => page !== undefined)
  return supports.flatMap(({ segment, groundingChunkIndices: indices }) => {
    const place = isJsonObject(segment) ? locate(segment, text) : {}
    const cited = (Array.isArray(indices) ? indices : []).map((at) => pages[at])
    return cited.filter((page) => page !== undefined).map((page) => ({ ...page, ...place }))
  })
}

function quotedSources({ citations }: JsonObject, text: string): readonly Source[] {
  return objectsIn(citations).flatMap((citation) => {
    const page = withAddress(citation)
    return page === undefined ? [] : [{ ...page, ...locate(citation, text) }]
  })
}

function pageOf({ web, retrievedContext, maps }: JsonObject): Source | undefined {
  const place = web ?? retrievedContext ?? maps
  return isJsonObject(place) ? withAddress(place) : undefined
}

function withAddress({ uri, title }: JsonObject): Source | undefined {
  if (typeof uri !== 'string' || uri === '') return undefined
  return { url: uri, ...(typeof title === 'string' && title !== '' ? { title } : {}) }
}

/** Google counts bytes, and from where is not always clear: what the segment quotes decides. */
function locate(segment: JsonObject, text: string): Pick<Source, 'start' | 'end'> {
  const { startIndex = 0, endIndex, text: quoted } = segment
  if (typeof startIndex !== 'number' || typeof endIndex !== 'number') return {}
  const bytes = Buffer.from(text)
  const start = bytes.toString('utf8', 0, startIndex).length
  const end = bytes.toString('utf8', 0, endIndex).length
  if (typeof quoted !== 'string' || text.slice(start, end) === quoted) return { start, end }
  const found = text.indexOf(quoted)
  return found === -1 ? {} : { start: found, end: found + quoted.length }
}

function objectsIn(list: unknown): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}
