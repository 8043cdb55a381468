import type { StreamEvent } from './dialect.ts'
import { isJsonObject, type JsonObject } from './json.ts'

/** Cuts a server-sent-event stream into events, wherever it has been cut itself. */
export interface EventSplitter<Piece> {
  /** Every event that this piece completes. Comments and events without data are left out. */
  push(piece: Piece): readonly StreamEvent[]
  /** The event that a stream without a last blank line leaves unfinished. */
  end(): readonly StreamEvent[]
}

/**
 * @example
 * const splitter = createEventSplitter()
 * splitter.push(new TextEncoder().encode('data: {"a":1}\n\n')) // [{ event: undefined, data: '{"a":1}' }]
 */
export function createEventSplitter(): EventSplitter<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const splitter = createTextSplitter()
  return {
    push: (bytes) => splitter.push(decoder.decode(bytes, { stream: true })),
    end: () => [...splitter.push(decoder.decode()), ...splitter.end()],
  }
}

/**
 * The same for what is text already. A line, or a character, may be cut where it likes, but not a character's bytes.
 *
 * @example
 * createTextSplitter().push('data: {"a":1}\n\n') // [{ event: undefined, data: '{"a":1}' }]
 */
export function createTextSplitter(): EventSplitter<string> {
  const unify = createLineUnifier()
  let partial = ''
  let name: string | undefined
  let data: string | undefined
  let ready: StreamEvent[] = []

  function takeLine(line: string): void {
    if (line === '') dispatch()
    else if (line.startsWith('data:')) addData(valueFrom(line, 'data:'.length))
    else if (line.startsWith('event:')) name = valueFrom(line, 'event:'.length)
    else if (line === 'data') addData('')
    else if (line === 'event') name = ''
  }

  function addData(value: string): void {
    data = data === undefined ? value : `${data}\n${value}`
  }

  function dispatch(): void {
    if (data !== undefined) ready.push({ event: name, data })
    name = undefined
    data = undefined
  }

  /** Searches only what is new: a long line that comes in many pieces stays linear. */
  function takeText(text: string): void {
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = text.slice(from, text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end)
      takeLine(partial === '' ? line : partial + line)
      partial = ''
      from = end + 1
    }
    partial += text.slice(from)
  }

  function drain(): readonly StreamEvent[] {
    const events = ready
    ready = []
    return events
  }

  return {
    push(text) {
      takeText(unify(text))
      return drain()
    },
    end() {
      if (partial !== '') takeLine(partial)
      partial = ''
      dispatch()
      return drain()
    },
  }
}

const byteOrderMark = '\uFEFF'

const loneReturn = /\r(?!\n)/
const carriageReturn = 0x0d

/** Makes every line end in a line feed, alone or behind a carriage return, and takes the mark away that a stream may begin with. */
function createLineUnifier(): (text: string) => string {
  let isFirst = true
  let afterReturn = false
  return (text) => {
    if (text === '') return text
    // A line feed that follows the carriage return of the previous piece ends no second line.
    const starts = isFirst ? text.startsWith(byteOrderMark) : afterReturn && text.startsWith('\n')
    const rest = starts ? text.slice(1) : text
    isFirst = false
    afterReturn = text.endsWith('\r')
    return rest.includes('\r') && loneReturn.test(rest) ? rest.replace(/\r\n?/g, '\n') : rest
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
  if (!event.data.startsWith('{') && !event.data.trimStart().startsWith('{')) return undefined
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

function valueFrom(line: string, at: number): string {
  return line.slice(line[at] === ' ' ? at + 1 : at)
}
