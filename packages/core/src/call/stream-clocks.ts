import { GatewayError } from '../errors/gateway-error.ts'
import { firstEventLimit } from './attempts/time-limits.ts'
import type { Attempt } from './dispatch.ts'

/** After this long a stream that only says that it is in progress is let through. */
const openingPatienceMs = 500

export interface StreamClocks {
  /** The first event has come; it may still say nothing. */
  firstEvent(): void
  stop(): void
}

export interface ClockEvents {
  /** No event came within the time for the first one. */
  onLate(error: GatewayError): void
  /** Events came, but none that commits to an answer. */
  onPatienceLost(): void
}

/** The clocks of a stream that has not begun to answer. */
export function createStreamClocks(
  { call, services }: Attempt,
  { onLate, onPatienceLost }: ClockEvents,
): StreamClocks {
  const limit = firstEventLimit(services.settings, call)
  const late = () =>
    onLate(
      new GatewayError({
        code: 'upstream_timeout',
        message: `The provider ${call.target.provider.definition.id} sent no event within ${limit} ms.`,
      }),
    )
  const left = limit - (Date.now() - call.dispatchedAt)
  let timer = limit === 0 ? undefined : setTimeout(late, Math.max(0, left))
  let waiting = true
  return {
    firstEvent() {
      if (!waiting) return
      waiting = false
      clearTimeout(timer)
      timer = setTimeout(onPatienceLost, openingPatienceMs)
    },
    stop() {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = undefined
      waiting = false
    },
  }
}
