import type { CitationDelta, Delta } from '../delta.ts'
import type { JsonObject } from '../json.ts'

/** Gathers what an answer cites, for the `groundingMetadata` of its end. */
export interface AnswerSources {
  take(delta: Delta): void
  /** Undefined where nothing is cited. */
  render(): JsonObject | undefined
}

interface Placed extends CitationDelta {
  /** Characters of text before the block that it is about. */
  readonly from: number
}

export function createAnswerSources(): AnswerSources {
  const citations: Placed[] = []
  let text = ''
  let from = 0

  return {
    take(delta) {
      if (delta.type === 'text-start') from = text.length
      else if (delta.type === 'text') text += delta.text
      else if (delta.type === 'citation') citations.push({ ...delta, from })
    },
    render() {
      if (citations.length === 0) return undefined
      const pages = new Map<string, { index: number; chunk: JsonObject }>()
      for (const { url, title } of citations)
        if (!pages.has(url)) pages.set(url, { index: pages.size, chunk: chunkOf(url, title) })
      const supports = citations.map((citation) => ({
        segment: segmentOf(citation, text),
        groundingChunkIndices: [pages.get(citation.url)?.index ?? 0],
      }))
      return {
        groundingChunks: [...pages.values()].map(({ chunk }) => chunk),
        groundingSupports: supports.filter(({ segment }) => segment !== undefined),
      }
    },
  }
}

function chunkOf(uri: string, title: string | undefined): JsonObject {
  return { web: { uri, ...(title === undefined ? {} : { title }) } }
}

/** Counted in bytes of the whole text, as Gemini does. */
function segmentOf({ from, start, end }: Placed, text: string): JsonObject | undefined {
  if (start === undefined || end === undefined) return undefined
  const [first, last] = [from + start, from + end]
  return {
    startIndex: Buffer.byteLength(text.slice(0, first)),
    endIndex: Buffer.byteLength(text.slice(0, last)),
    text: text.slice(first, last),
  }
}
