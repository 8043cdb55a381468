import type { CitationDelta } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { withoutAbsent } from '../without-absent.ts'
import { type ItemOutput, restOf, textOf } from './item-parser.ts'

/** One part of a message, as a block that begins with its first text. */
export interface ContentPart {
  say(text: unknown, logprobs?: unknown): void
  cite(annotation: unknown): void
  /** The whole part: says what has not been said of it. */
  take(part: JsonObject): void
  /** Later events of this part are none of the answer's. */
  close(): void
}

export function createContentPart(isRefusal: boolean, out: ItemOutput): ContentPart {
  let index = -1
  let told = ''
  let citations = 0
  let isClosed = false

  function say(text: unknown, logprobs?: unknown): void {
    if (isClosed || typeof text !== 'string' || text === '') return
    if (index === -1) {
      index = out.nextIndex()
      out.emit(isRefusal ? { type: 'text-start', index, refusal: true } : { type: 'text-start', index })
    }
    told += text
    const probable = Array.isArray(logprobs) && logprobs.length > 0
    out.emit(probable ? { type: 'text', index, text, logprobs } : { type: 'text', index, text })
  }

  function cite(annotation: unknown): void {
    citations += 1
    const citation = isClosed || index === -1 ? undefined : citationOf(annotation, index)
    if (citation !== undefined) out.emit(citation)
  }

  return {
    say,
    cite,
    take(part) {
      const whole = textOf(isRefusal ? part.refusal : part.text)
      say(restOf(whole, told), told === '' ? part.logprobs : undefined)
      const annotations = Array.isArray(part.annotations) ? part.annotations : []
      for (const annotation of annotations.slice(citations)) cite(annotation)
    },
    close() {
      if (!isClosed && index !== -1) out.emit({ type: 'block-stop', index })
      isClosed = true
    },
  }
}

/** Only citations of web pages have an address that other dialects can show. */
function citationOf(annotation: unknown, index: number): CitationDelta | undefined {
  if (!isJsonObject(annotation) || typeof annotation.url !== 'string') return undefined
  const { url, title, start_index: start, end_index: end } = annotation
  const place = {
    title: typeof title === 'string' ? title : undefined,
    start: typeof start === 'number' ? start : undefined,
    end: typeof end === 'number' ? end : undefined,
  }
  return { type: 'citation', index, url, ...withoutAbsent(place) }
}
