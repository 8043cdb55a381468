import { isJsonObject, type JsonObject } from '../json.ts'
import type { ItemOutput, ItemParser } from './item-parser.ts'
import { type ContentPart, createContentPart } from './output-content.ts'

/** The assistant's message: one block for each of its parts that says something. */
export function createMessageItemParser(out: ItemOutput): ItemParser {
  const parts = new Map<unknown, ContentPart>()
  let open: ContentPart | undefined

  /** Parts come one after another; one that begins ends the one before it. */
  function partAt(contentIndex: unknown, isRefusal: boolean): ContentPart {
    let part = parts.get(contentIndex)
    if (part === undefined) {
      part = createContentPart(isRefusal, out)
      parts.set(contentIndex, part)
    }
    if (part !== open) open?.close()
    open = part
    return part
  }

  function takePart(contentIndex: unknown, value: unknown): void {
    if (!isJsonObject(value)) return
    if (value.type !== 'output_text' && value.type !== 'refusal') return
    const part = partAt(contentIndex, value.type === 'refusal')
    part.take(value)
    part.close()
  }

  const handlers: ReadonlyMap<string, (event: JsonObject) => void> = new Map([
    [
      'response.output_text.delta',
      (event: JsonObject) => partAt(event.content_index, false).say(event.delta, event.logprobs),
    ],
    ['response.output_text.done', (event: JsonObject) => partAt(event.content_index, false).take(event)],
    [
      'response.output_text.annotation.added',
      (event: JsonObject) => partAt(event.content_index, false).cite(event.annotation),
    ],
    ['response.refusal.delta', (event: JsonObject) => partAt(event.content_index, true).say(event.delta)],
    ['response.refusal.done', (event: JsonObject) => partAt(event.content_index, true).take(event)],
    ['response.content_part.done', (event: JsonObject) => takePart(event.content_index, event.part)],
  ])

  return {
    push(type, event) {
      handlers.get(type)?.(event)
    },
    finish(item) {
      const content = Array.isArray(item?.content) ? item.content : []
      for (const [contentIndex, part] of content.entries()) takePart(contentIndex, part)
      open?.close()
    },
  }
}
