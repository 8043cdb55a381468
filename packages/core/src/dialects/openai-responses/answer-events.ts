import type { JsonObject } from '../json.ts'

/** Writes numbered events: every event of this API counts, from 0. */
export interface EventWriter {
  /** An event whose beginning is written already, see {@link eventHead}; `more` is further members as JSON text. */
  write(head: string, more?: string): string
  event(type: string, members: JsonObject): string
  /** The number of the next event, which is then used up. */
  next(): number
}

/** All of an event but what changes from one to the next: the JSON object is left open. */
export function eventHead(type: string, members: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members }).slice(0, -1)}`
}

export function createEventWriter(): EventWriter {
  let sequence = 0
  const next = (): number => {
    sequence += 1
    return sequence - 1
  }
  const write = (head: string, more = ''): string => `${head}${more},"sequence_number":${next()}}\n\n`
  return { next, write, event: (type, members) => write(eventHead(type, members)) }
}

/** For answers that are no streams: nobody reads the events. */
export const silentWriter: EventWriter = { next: () => 0, write: () => '', event: () => '' }
