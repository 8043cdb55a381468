import type { StreamEvent } from './dialect.ts'
import { isJsonObject, type JsonObject } from './json.ts'

/** Cuts the bytes of a server-sent-event stream into events, wherever the network has cut them. */
export interface EventSplitter {
  /** Every event that these bytes complete. Comments and events without data are left out. */
  push(chunk: Uint8Array): readonly StreamEvent[]
  /** The event that a stream without a last blank line leaves unfinished. */
  end(): readonly StreamEvent[]
}

const lineEnd = /\r\n|\n|\r/g

/**
 * @example
 * const splitter = createEventSplitter()
 * splitter.push(new TextEncoder().encode('data: {"a":1}\n\n')) // [{ event: undefined, data: '{"a":1}' }]
 */
export function createEventSplitter(): EventSplitter {
  const decoder = new TextDecoder()
  let partial = ''
  let afterReturn = false
  let name: string | undefined
  let data: string | undefined
  let ready: StreamEvent[] = []

  function takeLine(line: string): void {
    if (line === '') {
      dispatch()
      return
    }
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    if (field === 'data')
      data = data === undefined ? valueAfter(line, colon) : `${data}\n${valueAfter(line, colon)}`
    if (field === 'event') name = valueAfter(line, colon)
  }

  function dispatch(): void {
    if (data !== undefined) ready.push({ event: name, data })
    name = undefined
    data = undefined
  }

  /** Searches only what is new: a long line that comes in many pieces stays linear. */
  function takeText(text: string): void {
    let from = 0
    if (text !== '') {
      // A line feed that follows the carriage return of the previous piece ends no second line.
      if (afterReturn && text[0] === '\n') from = 1
      afterReturn = text.endsWith('\r')
    }
    lineEnd.lastIndex = from
    for (let match = lineEnd.exec(text); match !== null; match = lineEnd.exec(text)) {
      takeLine(partial + text.slice(from, match.index))
      partial = ''
      from = lineEnd.lastIndex
    }
    partial += text.slice(from)
  }

  function drain(): readonly StreamEvent[] {
    const events = ready
    ready = []
    return events
  }

  return {
    push(chunk) {
      takeText(decoder.decode(chunk, { stream: true }))
      return drain()
    },
    end() {
      takeText(decoder.decode())
      if (partial !== '') takeLine(partial)
      partial = ''
      dispatch()
      return drain()
    },
  }
}

/** One event as wire text, with its `event:` line where the dialect has one. */
export function formatEvent(data: unknown, event?: string): string {
  const head = event === undefined ? '' : `event: ${event}\n`
  return `${head}data: ${JSON.stringify(data)}\n\n`
}

/** The event's data as an object; undefined when it is anything else, `[DONE]` for instance. */
export function eventData(event: StreamEvent): JsonObject | undefined {
  // An exception costs ten times a look, and every chat stream ends with `[DONE]`.
  if (!event.data.trimStart().startsWith('{')) return undefined
  try {
    const data: unknown = JSON.parse(event.data)
    return isJsonObject(data) ? data : undefined
  } catch {
    return undefined
  }
}

/** The event's name: its `event:` line or, where a server leaves that out, the `type` of its data. */
export function eventType(event: StreamEvent): string | undefined {
  if (event.event) return event.event
  const type = eventData(event)?.type
  return typeof type === 'string' ? type : undefined
}

function valueAfter(line: string, colon: number): string {
  if (colon === -1) return ''
  return line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
}
