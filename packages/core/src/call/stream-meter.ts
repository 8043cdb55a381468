import type { Usage, UsageReader } from '../billing/usage.ts'
import type { WireText } from '../bytes/wire-text.ts'
import type { StreamWire } from '../dialects/dialect.ts'
import { createOutputCounter } from './output-counter.ts'
import { stopReasonIn, stopReasonOf } from './stop-reason.ts'
import { lastEvents, usageEvents } from './stream-events.ts'

/** What a stream showed of its usage and its end. */
export interface MeterReading {
  /** The provider's own report. */
  readonly usage: Usage | undefined
  /** Bytes of the answer's own text in what came, for estimating what nobody reported; less where somebody did. */
  readonly outputBytes: number
  /** Why the model stopped, where the end of the stream says so. */
  readonly stopReason: string | undefined
  /** The stream said that it is complete. */
  readonly complete: boolean
  /** The stream said that it failed. */
  readonly failed: boolean
}

/** Reads the usage of a stream beside its way: what passes is kept aside and looked at in bulk. */
export interface StreamMeter {
  append(bytes: WireText): void
  /** Bytes of the answer's own text in the whole lines that have come. */
  delivered(): number
  finish(): MeterReading
  /** One above the last sequence number seen, in dialects that number their events. */
  nextSequence(): number
}

/** Looking once at the end is cheapest, so that much is kept of each stream… */
const keptBytes = 32_768
/** … unless streams are many: beyond this sum each keeps little. */
const keptByAll = 4_194_304
const keptByEachOfMany = 2048
/** A single event above this is not read; its answer is then estimated. */
const maximumBytes = 16_777_216

/** Events at the end that may tell whether the stream is complete. */
const closingEvents = 4

/** Of all streams together. */
let keptNow = 0

/** Looks at a stream once at its end, or whenever enough has gathered. */
export function createStreamMeter(wire: StreamWire, reader: UsageReader): StreamMeter {
  const output = createOutputCounter(wire)
  let kept = ''
  /** Of what is kept, how much the output counter has seen. */
  let counted = 0
  let complete = false
  let failed = false
  let sequence = 0
  let stopReason: string | undefined
  const sequenceIn = (text: string) => (wire.numbersEvents ? lastSequence(text) : undefined)

  const keep = (text: string) => {
    keptNow += text.length - kept.length
    kept = text
  }
  const read = (frames: string) => {
    const said = frames.slice(wire.usageStart?.(frames))
    for (const event of usageEvents(said)) {
      reader.read(event)
      stopReason = stopReasonOf(event) ?? stopReason
    }
    sequence = sequenceIn(frames) ?? sequence
    const last = lastEvents(frames, closingEvents)
    stopReason ??= stopReasonIn(last)
    for (const event of last) {
      complete ||= wire.isTerminal(event)
      failed ||= typeof wire.opening(event) === 'object'
    }
  }
  const count = (end: number) => {
    if (end > counted) output.count(kept.slice(counted, end))
    counted = end
  }
  const fold = () => {
    const end = kept.lastIndexOf('\n') + 1
    if (end > 0) read(kept.slice(0, end))
    count(end)
    counted = 0
    const rest = kept.slice(end)
    keep(rest.length > maximumBytes ? '' : rest)
  }
  return {
    append(bytes) {
      keep(kept + bytes)
      const room = keptNow > keptByAll ? keptByEachOfMany : keptBytes
      if (kept.length > room && (bytes.includes('\n') || kept.length > maximumBytes)) fold()
    },
    delivered() {
      count(kept.lastIndexOf('\n') + 1)
      return output.bytes()
    },
    finish() {
      read(kept)
      const usage = reader.result()
      // Who has a whole report needs no estimate, and counting costs as much as all the rest.
      if (!usage || usage.partial || !complete) count(kept.length)
      keep('')
      return { usage, outputBytes: output.bytes(), stopReason, complete, failed }
    },
    nextSequence: () => (sequenceIn(kept) ?? sequence) + 1,
  }
}

function lastSequence(text: string): number | undefined {
  const at = text.lastIndexOf('"sequence_number":')
  if (at < 0) return undefined
  return Number.parseInt(text.slice(at + '"sequence_number":'.length, at + 40), 10) || undefined
}
