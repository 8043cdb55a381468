import type { Usage, UsageReader } from '../billing/usage.ts'
import type { StreamEvent, StreamWire } from '../dialects/dialect.ts'
import { isJsonObject } from '../dialects/json.ts'

/** What a stream showed of its usage and its end. */
export interface MeterReading {
  /** The provider's own report. */
  readonly usage: Usage | undefined
  /** Bytes of the answer's own text in what came, for estimating what nobody reported; less where somebody did. */
  readonly outputBytes: number
  /** The stream said that it is complete. */
  readonly complete: boolean
  /** The stream said that it failed. */
  readonly failed: boolean
}

/** Reads the usage of a stream beside its way: bytes are copied aside and looked at in bulk. */
export interface StreamMeter {
  append(chunk: Buffer): void
  finish(): MeterReading
  /** One above the last sequence number seen, in dialects that number their events. */
  nextSequence(): number
}

const initialBytes = 4096
const foldBytes = 32_768
/** A single event above this is not read; its answer is then estimated. */
const maximumBytes = 16_777_216

/** Lines at the end that may tell whether the stream is complete. */
const closingEvents = 4

/**
 * Copying a chunk costs a tenth of parsing it. Short streams are read once, at their end; longer ones
 * whenever 32 KiB have gathered.
 */
export function createStreamMeter(wire: StreamWire, reader: UsageReader): StreamMeter {
  let buffer = Buffer.allocUnsafe(initialBytes)
  let length = 0
  let outputBytes = 0
  let complete = false
  let failed = false
  let sequence = 0
  const output = outputPattern(wire)
  const sequenceIn = (text: string) => (wire.numbersEvents ? lastSequence(text) : undefined)

  const countOutput = (text: string) => {
    for (const match of text.matchAll(output)) outputBytes += (match[1] as string).length
  }
  const read = (end: number): string => {
    const text = buffer.toString('latin1', 0, end)
    readUsage(text, buffer, reader)
    sequence = sequenceIn(text) ?? sequence
    for (const event of lastEvents(text)) {
      complete ||= wire.isTerminal(event)
      failed ||= isFailure(wire, event)
    }
    return text
  }
  const fold = () => {
    const end = buffer.lastIndexOf('\n', length - 1) + 1
    if (end <= 0) return
    countOutput(read(end))
    buffer.copyWithin(0, end, length)
    length -= end
  }
  const reserve = (size: number) => {
    if (length + size > foldBytes) fold()
    if (length + size <= buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + size))
    buffer.copy(grown, 0, 0, length)
    buffer = grown
  }
  return {
    append(chunk) {
      if (length + chunk.length > buffer.length) reserve(chunk.length)
      if (length + chunk.length > maximumBytes) length = 0
      length += chunk.copy(buffer, length)
    },
    finish() {
      const text = read(length)
      length = 0
      const usage = reader.result()
      // Who has a whole report needs no estimate, and counting costs as much as all the rest.
      if (!usage || usage.partial) countOutput(text)
      return { usage, outputBytes, complete, failed }
    },
    nextSequence: () => (sequenceIn(buffer.toString('latin1', 0, length)) ?? sequence) + 1,
  }
}

const patterns = new WeakMap<StreamWire, RegExp>()

/** The text of a JSON string value, escapes and all, behind any of the members. */
function outputPattern(wire: StreamWire): RegExp {
  const known = patterns.get(wire)
  if (known) return known
  const members = wire.outputMembers.join('|')
  const pattern = new RegExp(`"(?:${members})"\\s*:\\s*"([^"\\\\]*(?:\\\\.[^"\\\\]*)*)"`, 'g')
  patterns.set(wire, pattern)
  return pattern
}

/** Parses only the lines whose bytes hold a usage object; in strings its quotes would be escaped. */
function readUsage(text: string, bytes: Buffer, reader: UsageReader): void {
  let from = 0
  for (const match of text.matchAll(/"usage"\s*:\s*\{/g)) {
    if (match.index < from) continue
    const start = text.lastIndexOf('\n', match.index) + 1
    const end = text.indexOf('\n', match.index)
    from = end < 0 ? text.length : end
    const event = parseData(bytes.toString('utf8', start, from))
    if (event) reader.read(event)
  }
}

function parseData(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('data:')) return undefined
  try {
    const value: unknown = JSON.parse(line.slice('data:'.length))
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The last few events, taken apart; only those whose type or emptiness can close a stream matter. */
function lastEvents(text: string): StreamEvent[] {
  const events: StreamEvent[] = []
  let end = text.length
  while (events.length < closingEvents && end > 0) {
    const start = text.lastIndexOf('\ndata:', end - 1)
    const at = start < 0 ? (text.startsWith('data:') ? 0 : -1) : start + 1
    if (at < 0) break
    const lineEnd = text.indexOf('\n', at)
    const data = text.slice(at + 'data:'.length, lineEnd < 0 ? text.length : lineEnd).trim()
    events.push({ event: eventName(text, at), data })
    end = at - 1
  }
  return events
}

/** The `event:` line right above a `data:` line. */
function eventName(text: string, at: number): string | undefined {
  const lineStart = text.lastIndexOf('\n', at - 2) + 1
  const line = text.slice(lineStart, Math.max(lineStart, at - 1))
  return line.startsWith('event:') ? line.slice('event:'.length).trim() : undefined
}

function isFailure(wire: StreamWire, event: StreamEvent): boolean {
  return typeof wire.opening(event) === 'object'
}

function lastSequence(text: string): number | undefined {
  const at = text.lastIndexOf('"sequence_number":')
  if (at < 0) return undefined
  return Number.parseInt(text.slice(at + '"sequence_number":'.length, at + 40), 10) || undefined
}
