import { toWire, type WireText } from '../bytes/wire-text.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import { idHeaders } from './answer.ts'
import { answerHeaders, streamHeaders } from './answer-headers.ts'
import type { Attempt } from './dispatch.ts'
import { createStreamContent } from './stream-content.ts'

/** The client's side of a stream: status, frames, silence and end. */
export interface StreamOutput {
  /** The client has seen something of an answer; heartbeats are nothing. */
  hasStarted(): boolean
  /** Commits to the upstream's answer and sends what has been written so far; once, however often it is called. */
  start(): void
  /** Whole upstream frames; kept until `start`. */
  write(frames: WireText): void
  /** Ends the answer, with the dialect's error frame when it did not end well. */
  end(error?: GatewayError): void
  /** Lets go without another byte. */
  stop(): void
}

/**
 * @param nextSequence Number for an event of our own in dialects that count their events.
 */
export function createStreamOutput(attempt: Attempt, nextSequence: () => number): StreamOutput {
  const { call, control, services } = attempt
  const { sink } = call.exchange
  const { wire } = call.dialect
  const content = createStreamContent(attempt)
  const sequence = content.nextSequence ?? nextSequence
  const pending: WireText[] = []
  let started = false
  let begun = false
  /** By this attempt, or by one beside or before it. */
  const hasBegun = () => begun || call.course?.hasBegun === true
  let paused = false
  let lastWrite = Date.now()

  const send = (bytes: WireText) => {
    if (bytes.length === 0) return
    lastWrite = Date.now()
    if (sink.write(bytes) || paused) return
    paused = true
    control.pause()
    sink.onDrain(() => {
      paused = false
      control.resume()
    })
  }
  const start = () => {
    if (started) return
    started = true
    if (!hasBegun()) sink.start(attempt.status, { ...answerHeaders(attempt), ...streamHeaders })
    begun = true
    for (const frames of pending.splice(0)) send(content.push(frames))
  }
  /** Who will answer is not known yet. */
  const begin = () => {
    begun = true
    if (call.course) {
      call.course.hasBegun = true
      call.course.sequence = sequence
    }
    sink.start(200, { ...idHeaders(call.id), ...streamHeaders })
  }
  const silence = onSilence(services.settings.heartbeat, {
    last: () => lastWrite,
    act() {
      if (!hasBegun()) begin()
      if (!paused) send(toWire(wire.heartbeat(sequence())))
    },
  })
  return {
    hasStarted: () => started,
    start,
    write(frames) {
      if (started) send(content.push(frames))
      else pending.push(frames)
    },
    end(error) {
      silence.stop()
      if (!error) send(content.end())
      sink.end(error && toWire(wire.errorFrame(error, call.id, sequence())))
    },
    stop: silence.stop,
  }
}

interface SilenceWatch {
  /** When something was last sent. */
  last(): number
  act(): void
}

/** One timer a stream that looks how long it has been quiet, in place of one restarted at every chunk. */
function onSilence(period: number, { last, act }: SilenceWatch): { stop(): void } {
  if (period === 0) return { stop() {} }
  const check = () => {
    const quiet = Date.now() - last()
    if (quiet >= period) act()
    timer = setTimeout(check, quiet >= period ? period : period - quiet)
  }
  let timer = setTimeout(check, period)
  return { stop: () => clearTimeout(timer) }
}
