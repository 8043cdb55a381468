import { affordableOutput } from '../billing/hold-bound.ts'
import type { Nano } from '../billing/money.ts'
import type { HoldResult } from '../credits/driver.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { Attempt } from './dispatch.ts'
import { holdGone, holdRefusal } from './hold.ts'
import type { HoldPlan } from './hold-plan.ts'

/** Keeps the hold of a stream ahead of what it delivers. */
export interface ChargingSession {
  /** So many bytes of the stream have come. */
  passed(bytes: number): void
  stop(): void
}

export interface SessionEvents {
  /** Bytes of the answer's own text that have come until now. */
  delivered(): number
  /** Everything that was reserved is consumed, and there is no more. */
  onExhausted(error: GatewayError): void
}

/**
 * Tokens in 100 bytes of delivered text, more than prose has: what a hold covers too much comes back, what it
 * covers too little may not be there at the end.
 */
const tokensPer100Bytes = 40
/** Text is looked for when the stream could have this many times the share of it that it had so far. */
const densityMargin = 8
const leastStep = 64

interface Question {
  /** Output tokens to cover, in all. */
  readonly wanted: number
  /** Nano-dollars that have to be there at least, beyond what is reserved. */
  readonly leastMore: Nano
}

const unwatched: ChargingSession = { passed() {}, stop() {} }

/**
 * Watches a stream whose hold covers a quantum of its output, and asks for more before that is consumed. Nothing
 * waits for the answer: the bytes go on, and only when a quantum is refused and the last one is consumed, the
 * stream has to end. It looks seldom, because looking costs more than passing on.
 */
export function createChargingSession(attempt: Attempt, events: SessionEvents): ChargingSession {
  const { plan } = attempt.call
  return plan?.isWatched ? watch(attempt, plan, events) : unwatched
}

function watch(
  { services, settlement, call }: Attempt,
  plan: HoldPlan,
  events: SessionEvents,
): ChargingSession {
  const { quantum, margin } = services.settings
  const { limit, envelope } = call
  /** What the answer may have at most, should its provider keep to the limit it was given. */
  const most = limit === undefined ? plan.mostTokens : limit * envelope.choices
  // A limit that a policy set says nothing of what is reserved.
  let covered = limit === undefined ? plan.outputTokens : Math.min(plan.outputTokens, most)
  let passed = 0
  let nextLook = 0
  let isAsking = false
  let isOver = false
  let refusal: GatewayError | undefined

  /** Raw bytes that can pass before so many tokens of text may have come. */
  const bytesFor = (tokens: number, delivered: number) => {
    const share = delivered === 0 ? 1 : Math.min(1, (densityMargin * delivered) / passed)
    const bytes = (tokens * 100) / tokensPer100Bytes / share
    return Math.max(leastStep, Math.min(bytes, quantum * densityMargin))
  }
  /** An answer within its limit needs no more; one a quantum beyond it has ignored it. */
  const trusted = () => (covered >= most ? covered + quantum : covered)
  const schedule = (used: number, delivered: number) => {
    const ahead = trusted() - used
    nextLook = passed + bytesFor(ahead > margin ? ahead - margin : Math.max(ahead, 0), delivered)
  }
  const answer = ({ wanted, leastMore }: Question, result: HoldResult) => {
    isAsking = false
    if (result.ok) {
      covered = affordableOutput(plan.bound, result.amount, wanted)
      refusal = undefined
    } else if (result.reason === 'not_pending') {
      // Nothing is reserved any more: what comes from now on may not be there.
      refusal = holdGone()
      covered = 0
      nextLook = passed
    } else {
      // What this call holds itself does not come back to it.
      const others = { ...result, held: result.held - settlement.reserved() }
      refusal = holdRefusal(others, leastMore, call.principal.limits)
    }
  }
  const ask = (used: number) => {
    const known = Math.max(covered, used)
    const wanted = known < most ? Math.min(known + quantum, most) : known + quantum
    isAsking = true
    const minimum = plan.bound(Math.min(known + 1, wanted))
    const question = { wanted, leastMore: minimum - settlement.reserved() }
    const result = settlement.extend(plan.bound(wanted), minimum)
    if (!(result instanceof Promise)) return answer(question, result)
    // A store that does not answer leaves the stream alone; the next look asks again.
    const giveUp = () => {
      isAsking = false
    }
    result.then((held) => answer(question, held), giveUp)
  }
  const look = () => {
    const delivered = events.delivered()
    const used = Math.ceil((delivered * tokensPer100Bytes) / 100)
    if (!isAsking && trusted() - used <= margin) ask(used)
    if (refusal && used >= trusted()) {
      isOver = true
      return events.onExhausted(refusal)
    }
    schedule(used, delivered)
  }
  schedule(0, 0)
  return {
    passed(bytes) {
      passed += bytes
      if (passed >= nextLook && !isOver) look()
    },
    stop() {
      isOver = true
    },
  }
}
