import type { WireText } from '../bytes/wire-text.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { createFrameGate } from '../upstream/frame-gate.ts'
import { mapTransportError } from '../upstream/map-error.ts'
import { createChargingSession } from './charging-session.ts'
import type { Attempt, Relay } from './dispatch.ts'
import { eventError } from './relay-error.ts'
import { settleStream } from './settle-stream.ts'
import { createStreamClocks } from './stream-clocks.ts'
import { createStreamMeter } from './stream-meter.ts'
import { createOpening } from './stream-opening.ts'
import { createStreamOutput } from './stream-output.ts'

/**
 * Relays an event stream as it comes. The status waits for the first event that means an answer: until then
 * a failure becomes an honest status, afterwards an error frame, and never a false end.
 */
export function relayStream(attempt: Attempt): Relay {
  const { call, settlement, control } = attempt
  const { definition } = call.target.provider
  const { wire, createUsageReader } = call.target.dialect
  const meter = createStreamMeter(wire, createUsageReader(definition.quirks))
  const gate = createFrameGate()
  const output = createStreamOutput(attempt, meter.nextSequence)
  const admit = createOpening(wire)
  let reason: GatewayError | undefined
  // Comes back as `failed`, as every broken connection does.
  const stop = (error: GatewayError) => {
    reason = error
    control.abort()
  }
  const clocks = createStreamClocks(attempt, { onLate: stop, onPatienceLost: () => commit() })
  const session = createChargingSession(attempt, { delivered: meter.delivered, onExhausted: stop })

  const commit = () => {
    attempt.claim()
    settlement.firstToken()
    clocks.stop()
    output.start()
  }
  const pass = (frames: WireText | undefined) => {
    if (frames === undefined) return
    output.write(frames)
    if (output.hasStarted()) return
    const verdict = admit(frames)
    if (verdict === 'commit') commit()
    else if (verdict === 'wait') clocks.firstEvent()
    else if (verdict) stop(eventError(attempt, verdict.error))
  }
  const quit = () => {
    clocks.stop()
    output.stop()
    session.stop()
  }
  const breakOff = (error: GatewayError) => {
    quit()
    const reading = meter.finish()
    if (output.hasStarted()) {
      settleStream(attempt, reading, 'cut')
      return output.end(reading.failed ? undefined : error)
    }
    attempt.fail({ error })
  }
  // An answer that came whole is whole, also when its connection broke right behind it.
  const finish = (broken: () => GatewayError) => {
    session.stop()
    const reading = meter.finish()
    // What began with a failure has failed, however properly it ends.
    const hasFailed = reason !== undefined && !output.hasStarted()
    if (hasFailed || !reading.complete) return breakOff(reason ?? broken())
    reason = undefined
    pass(gate.rest())
    if (reason) return breakOff(reason)
    commit()
    settleStream(attempt, reading, 'succeeded')
    output.end()
  }
  return {
    data(chunk) {
      settlement.firstByte()
      meter.append(chunk)
      pass(gate.push(chunk))
      // Behind the bytes: what ends the stream here must not be followed by them.
      session.passed(chunk.length)
    },
    ended: () => finish(() => truncated(definition.id)),
    failed: (error) => finish(() => connectionError(error, definition.id, output.hasStarted())),
    withdrawn: quit,
    left() {
      quit()
      settleStream(attempt, meter.finish(), 'aborted')
    },
  }
}

/** Once an answer has begun, a lost connection is a truncated answer. */
function connectionError(error: Error, provider: string, started: boolean): GatewayError {
  const mapped = mapTransportError(error, provider)
  return started && mapped.code === 'upstream_unreachable' ? truncated(provider, error) : mapped
}

function truncated(provider: string, cause?: Error): GatewayError {
  return new GatewayError({
    code: 'upstream_stream_truncated',
    message: `The provider ${provider} ended the stream before its answer was complete.`,
    cause,
  })
}
