import type { JsonObject } from '../json.ts'
import type { ItemOutput, ItemParser } from './item-parser.ts'
import { createItemParser } from './output-item.ts'

/** The items of an answer in their order: one that begins while another is open waits for that one's end. */
export interface ItemQueue {
  /** @param key What its events are told by: their index, because some servers give them new ids on every event. */
  start(key: unknown, item: JsonObject): void
  push(key: unknown, type: string, event: JsonObject): void
  finish(key: unknown, item: JsonObject): void
  /**
   * Ends what is still open.
   *
   * @param output All items, where the end of the answer repeats them: those that had no events are told now.
   */
  end(output: readonly JsonObject[]): void
}

interface Entry {
  readonly item: JsonObject
  readonly waiting: (readonly [string, JsonObject])[]
  parser?: ItemParser
  isFinished: boolean
  last?: JsonObject | undefined
}

export function createItemQueue(out: ItemOutput): ItemQueue {
  const entries: Entry[] = []
  const byKey = new Map<unknown, Entry>()
  let head = 0

  /** Lets the first item that is not over speak, and those behind it as soon as it is over. */
  function advance(): void {
    for (let entry = entries[head]; entry !== undefined; entry = entries[head]) {
      if (entry.parser === undefined) {
        entry.parser = createItemParser(entry.item, out)
        for (const [type, event] of entry.waiting) entry.parser.push(type, event)
        entry.waiting.length = 0
      }
      if (!entry.isFinished) return
      entry.parser.finish(entry.last)
      head += 1
    }
  }

  function add(key: unknown, item: JsonObject): Entry {
    const entry: Entry = { item, waiting: [], isFinished: false }
    entries.push(entry)
    byKey.set(key, entry)
    return entry
  }

  function close(entry: Entry, last: JsonObject | undefined): void {
    if (entry.isFinished) return
    entry.isFinished = true
    entry.last = last
    advance()
  }

  function start(key: unknown, item: JsonObject): void {
    if (byKey.get(key)?.isFinished === false) return
    add(key, item)
    advance()
  }

  return {
    start,
    push(key, type, event) {
      let entry = byKey.get(key)
      if (entry === undefined) {
        const itemType = impliedType(type)
        if (itemType === undefined) return
        entry = add(key, { type: itemType })
        advance()
      }
      if (entry.isFinished) return
      if (entry.parser === undefined) entry.waiting.push([type, event])
      else entry.parser.push(type, event)
    },
    finish(key, item) {
      const entry = byKey.get(key) ?? add(key, item)
      close(entry, item)
    },
    end(output) {
      const { found, rest } = matchItems(entries, output)
      for (const entry of entries) close(entry, found.get(entry))
      for (const item of rest) {
        if (item.type === 'reasoning' && found.size > 0) continue
        close(add(undefined, item), item)
      }
    },
  }
}

/** Servers that leave the beginnings of their items away. */
function impliedType(type: string): string | undefined {
  if (type === 'response.output_text.delta' || type === 'response.refusal.delta') return 'message'
  return type.startsWith('response.reasoning') ? 'reasoning' : undefined
}

/** Which of the repeated items had events. Positions and ids may differ from those of the events; order does not. */
function matchItems(entries: readonly Entry[], output: readonly JsonObject[]) {
  const found = new Map<Entry, JsonObject>()
  const rest: JsonObject[] = []
  let from = 0
  for (const item of output) {
    const at = entries.findIndex((entry, index) => index >= from && entry.item.type === item.type)
    const entry = entries[at]
    if (entry === undefined) rest.push(item)
    else {
      found.set(entry, item)
      from = at + 1
    }
  }
  return { found, rest }
}
