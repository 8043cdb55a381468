import { GatewayError } from '../errors/gateway-error.ts'
import { createFrameGate } from '../upstream/frame-gate.ts'
import { mapEventError, mapTransportError } from '../upstream/map-error.ts'
import type { Attempt, Relay } from './dispatch.ts'
import { describeTarget, failCall } from './relay-error.ts'
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
  const clocks = createStreamClocks(attempt, { onLate: stop, onPatienceLost: output.start })

  const commit = () => {
    clocks.stop()
    output.start()
  }
  const pass = (frames: Buffer | undefined) => {
    if (frames === undefined) return
    output.write(frames)
    if (output.started) return
    const verdict = admit(frames)
    if (verdict === 'commit') commit()
    else if (verdict === 'wait') clocks.firstEvent()
    else stop(mapEventError(verdict.error, describeTarget(attempt)))
  }
  const breakOff = (error: GatewayError) => {
    clocks.stop()
    output.stop()
    const reading = meter.finish()
    if (output.started) {
      settleStream(attempt, reading, 'cut')
      return output.end(reading.failed ? undefined : error)
    }
    settlement.release()
    failCall(attempt, error)
  }
  return {
    data(chunk) {
      settlement.firstByte()
      meter.append(chunk)
      pass(gate.push(chunk))
    },
    ended() {
      const reading = meter.finish()
      if (!reading.complete) return breakOff(reason ?? truncated(definition.id))
      pass(gate.rest())
      if (reason) return breakOff(reason)
      if (!output.started) commit()
      settleStream(attempt, reading, 'succeeded')
      output.end()
    },
    failed: (error) => breakOff(reason ?? mapTransportError(error, definition.id)),
    left() {
      clocks.stop()
      output.stop()
      settleStream(attempt, meter.finish(), 'aborted')
    },
  }
}

function truncated(provider: string): GatewayError {
  return new GatewayError({
    code: 'upstream_stream_truncated',
    message: `The provider ${provider} ended the stream before its answer was complete.`,
  })
}
