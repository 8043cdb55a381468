import { fromWire } from '../bytes/wire-text.ts'
import type { StreamEvent } from '../dialects/dialect.ts'
import { isJsonObject, type JsonObject } from '../dialects/json.ts'

/**
 * The events whose bytes hold a usage object, parsed, in their order. The others are looked over; in strings the
 * quotes would be escaped.
 */
export function usageEvents(frames: string): JsonObject[] {
  const events: JsonObject[] = []
  let from = 0
  for (const { index } of frames.matchAll(/"usage(?:Metadata)?"\s*:\s*\{/g)) {
    if (index < from) continue
    const start = frames.lastIndexOf('\n', index) + 1
    const end = frames.indexOf('\n', index)
    from = end < 0 ? frames.length : end
    const event = parseData(frames.slice(start, from))
    if (event) events.push(event)
  }
  return events
}

function parseData(line: string): JsonObject | undefined {
  if (!line.startsWith('data:')) return undefined
  try {
    const value: unknown = JSON.parse(fromWire(line.slice('data:'.length)))
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The last few events, the last one first, taken apart. */
export function lastEvents(frames: string, count: number): StreamEvent[] {
  const events: StreamEvent[] = []
  let end = frames.length
  while (events.length < count && end > 0) {
    const start = frames.lastIndexOf('\ndata:', end - 1)
    const at = start < 0 ? (frames.startsWith('data:') ? 0 : -1) : start + 1
    if (at < 0) break
    const lineEnd = frames.indexOf('\n', at)
    const data = frames.slice(at + 'data:'.length, lineEnd < 0 ? frames.length : lineEnd).trim()
    events.push({ event: eventName(frames, at), data })
    end = at - 1
  }
  return events
}

/** The `event:` line right above a `data:` line. */
function eventName(frames: string, at: number): string | undefined {
  const lineStart = frames.lastIndexOf('\n', at - 2) + 1
  const line = frames.slice(lineStart, Math.max(lineStart, at - 1))
  return line.startsWith('event:') ? line.slice('event:'.length).trim() : undefined
}
