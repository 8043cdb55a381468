import type { Delta } from '../delta.ts'
import type { JsonObject } from '../json.ts'

/** Where the items of one answer say what they hold. */
export interface ItemOutput {
  /** The place of the next block. */
  nextIndex(): number
  emit(delta: Delta): void
}

/** One item of an answer's output, from its start to its end. */
export interface ItemParser {
  /** An event between its start and its end. */
  push(type: string, event: JsonObject): void
  /** @param item As it is at its end, where the provider shows that: what no event has told is told now. */
  finish(item: JsonObject | undefined): void
}

/** What a whole text has beyond the pieces of it that came; '' where the two do not fit together. */
export function restOf(whole: unknown, told: string): string {
  if (typeof whole !== 'string' || whole.length <= told.length) return ''
  return whole.startsWith(told) ? whole.slice(told.length) : ''
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
