import type { BlockDelta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import type { EventWriter } from './answer-events.ts'

/** The list that items are added to, one after the other. */
export interface Output {
  readonly writer: EventWriter
  /** An id for the next item: derived, so that the same answer has the same ids. */
  nextId(prefix: string): string
  nextIndex(): number
  /** The event that the next item has begun. */
  add(item: JsonObject): string
  /** Puts it into the list, and the event that says so. */
  done(item: JsonObject): string
}

/** The item of the block that is open. Each function answers with the events of its step. */
export interface OpenItem {
  begin(): string
  push(delta: BlockDelta): string
  end(): string
}
