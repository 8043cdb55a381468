import { isJsonObject, type JsonObject } from '../json.ts'
import { type Seal, unsealed } from '../seal.ts'
import { type ItemOutput, type ItemParser, restOf, textOf } from './item-parser.ts'

/** Where reasoning is written: a summary of it, or open models' reasoning itself, under two names. */
const places: ReadonlyMap<string, 'summary' | 'content'> = new Map([
  ['response.reasoning_summary_text.delta', 'summary'],
  ['response.reasoning_summary_text.done', 'summary'],
  ['response.reasoning_text.delta', 'content'],
  ['response.reasoning_text.done', 'content'],
  ['response.reasoning.delta', 'content'],
  ['response.reasoning.done', 'content'],
])

/**
 * Reasoning as one thinking block, its parts separated by blank lines. Where the provider shows nothing of it and
 * has not sealed it either, there is no block: it would be empty.
 */
export function createReasoningItemParser(out: ItemOutput): ItemParser {
  const told = new Map<string, string>()
  let index = -1
  let lastPart: string | undefined

  function open(): void {
    if (index !== -1) return
    index = out.nextIndex()
    out.emit({ type: 'thinking-start', index })
  }

  function say(part: string, text: string): void {
    if (text === '') return
    open()
    const isNext = lastPart !== undefined && lastPart !== part
    lastPart = part
    told.set(part, (told.get(part) ?? '') + text)
    out.emit({ type: 'thinking', index, text: isNext ? `\n\n${text}` : text })
  }

  function takeParts(place: 'summary' | 'content', parts: unknown): void {
    if (!Array.isArray(parts)) return
    for (const [at, part] of parts.entries()) {
      const name = `${place}.${at}`
      if (isJsonObject(part)) say(name, restOf(part.text, told.get(name) ?? ''))
    }
  }

  /** A provider that gives both has said the same twice; the one that streamed is shown. */
  function takeItem(item: JsonObject): void {
    const hasSummary = Array.isArray(item.summary) && item.summary.length > 0
    const streamsContent = [...told.keys()].some((name) => name.startsWith('content'))
    if (hasSummary && !streamsContent) takeParts('summary', item.summary)
    else takeParts('content', item.content)
  }

  return {
    push(type, event) {
      const place = places.get(type)
      if (place === undefined) return
      const name = place === 'summary' ? `summary.${event.summary_index}` : `content.${event.content_index}`
      if (event.delta !== undefined) say(name, textOf(event.delta))
      else say(name, restOf(event.text, told.get(name) ?? ''))
    },
    finish(item) {
      if (item !== undefined) takeItem(item)
      const seal = item && sealOf(item)
      if (seal !== undefined) {
        open()
        out.emit({ type: 'seal', index, seal })
      }
      if (index !== -1) out.emit({ type: 'block-stop', index })
    },
  }
}

function sealOf({ encrypted_content: value, id }: JsonObject): Seal | undefined {
  if (typeof value !== 'string' || value === '' || value === unsealed) return undefined
  return { origin: 'openai', value, ...(typeof id === 'string' && id !== '' ? { id } : {}) }
}
