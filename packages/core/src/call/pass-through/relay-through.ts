import type { Buckets, Usage } from '../../billing/usage.ts'
import type { WireText } from '../../bytes/wire-text.ts'
import { mapTransportError } from '../../upstream/map-error.ts'
import { answerHeaders } from '../answer-headers.ts'
import type { Attempt, Relay } from '../dispatch.ts'
import { describeTarget } from '../relay-error.ts'
import { createMemberTap, errorIn } from './member-tap.ts'

/** Members that say what an answer consumed, or that it failed. */
const billed: ReadonlySet<string> = new Set(['usage', 'duration', 'error'])

/** Headers of an answer that belong to its body. */
const bodyHeaders = ['content-type', 'content-length', 'content-encoding', 'content-disposition'] as const

/** What to charge where an answer reported nothing; `delivered` when some of it came. */
export type Estimate = (delivered: boolean) => Buckets

/**
 * Relays an answer byte for byte as it comes, whatever it is, with its usage read on the side. Nothing of it is kept.
 */
export function relayThrough(attempt: Attempt, estimate: Estimate): Relay {
  const { call, settlement, control, headers } = attempt
  const { sink } = call.exchange
  const tap = createMemberTap(billed)
  let isBegun = false
  const begin = () => {
    if (isBegun) return
    isBegun = true
    settlement.firstByte()
    sink.start(attempt.status, throughHeaders(attempt))
  }
  const reported = (): Usage | undefined => {
    const { target } = call
    const reader = target.dialect.createUsageReader(target.provider.definition.quirks)
    reader.read(tap.found)
    return reader.result()
  }
  const estimated = (): Usage => ({ buckets: estimate(isBegun), source: 'estimated' })
  const isText = /json|event-stream/i.test(String(headers['content-type']))
  return {
    data(chunk: WireText) {
      begin()
      if (isText) tap.push(chunk)
      if (sink.write(chunk)) return
      control.pause()
      sink.onDrain(control.resume)
    },
    ended() {
      begin()
      const usage = reported()
      if (!usage && errorIn(tap.found)) settlement.free('failed')
      else settlement.charge(usage ?? estimated(), 'succeeded')
      sink.end()
    },
    failed(error) {
      const usage = reported()
      if (!isBegun && !usage) {
        attempt.fail({ error: mapTransportError(error, describeTarget(attempt).provider) })
        return
      }
      if (usage) settlement.charge(usage, 'cut')
      else settlement.free('cut')
      sink.fail()
    },
    left: () => void settlement.charge(reported() ?? estimated(), 'aborted'),
  }
}

function throughHeaders(attempt: Attempt): Record<string, string> {
  const answered = answerHeaders(attempt)
  for (const name of bodyHeaders) {
    const value = attempt.headers[name]
    if (typeof value === 'string') answered[name] = value
  }
  if (answered['content-type']?.startsWith('text/event-stream')) {
    answered['cache-control'] = 'no-cache, no-transform'
    answered['x-accel-buffering'] = 'no'
  }
  return answered
}
