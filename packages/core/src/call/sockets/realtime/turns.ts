import { computeCharge } from '../../../billing/charge.ts'
import type { Nano } from '../../../billing/money.ts'
import type { Buckets, Usage } from '../../../billing/usage.ts'
import { createCallId } from '../../../credits/call-id.ts'
import type { HoldResult } from '../../../credits/driver.ts'
import { asGatewayError, GatewayError } from '../../../errors/gateway-error.ts'
import { holdRefusal, takeHold } from '../../hold.ts'
import { type PassedCallFacts, passedAttempt, passedCall } from '../../pass-through/passed-call.ts'
import { rowOf } from '../../pass-through/plan-passed.ts'
import type { CallServices } from '../../services.ts'
import { type CallStatus, createSettlement, type Settlement } from '../../settle.ts'
import type { RealtimeMeter } from './realtime-meter.ts'

/** What all responses of one session share. */
export type SessionFacts = Omit<PassedCallFacts, 'id' | 'startedAt'>

/** Another model's share, such as the one that writes down what was said. */
export type Pass = NonNullable<Usage['passes']>[number]

/**
 * The responses of a session, each of them a call with a hold, a charge and a ledger row of its own: what was
 * reported is charged at once, and no crash makes a long session free.
 */
export interface Turns {
  /** Reserves for the first response, before anything is sent. Rejects with the refusal. */
  open(): Promise<void>
  /** Something has come that makes the response dearer. */
  grown(): void
  /** A response has reported its usage. */
  finished(usage: Usage, status: CallStatus): void
  pass(pass: Pass): void
  /** A response ended without a report: what it was taken for is charged, or nothing where it failed. */
  unreported(isFailed: boolean): void
  /** The session is over; a response under way is charged for what it was taken for. */
  end(isUnderWay: boolean): void
}

export interface TurnsOptions {
  readonly services: CallServices
  readonly facts: SessionFacts
  readonly meter: RealtimeMeter
  /** Credits do not pay for more. */
  onRefused(error: GatewayError): void
}

export function createTurns({ services, facts, meter, onRefused }: TurnsOptions): Turns {
  const { quantum, margin } = services.settings
  let settlement: Settlement | undefined
  let passes: Pass[] = []
  let isOver = false
  let isAsking = false

  const price = (more: number): Nano => {
    const at = Date.now()
    const buckets = meter.bound(rowOf(facts.target, at), more)
    return priceOf(services, facts, { buckets, at })
  }
  const open = async () => {
    const amount = price(quantum)
    const call = passedCall({ ...facts, id: createCallId(), startedAt: Date.now() })
    const plan = {
      amount,
      minimum: amount,
      tokens: quantum,
      outputTokens: quantum,
      mostTokens: Number.MAX_SAFE_INTEGER,
      isWatched: true,
      policyLimit: undefined,
      bound: () => amount,
    }
    services.inFlight.enter()
    try {
      const held = await takeHold(services, call, plan)
      settlement = createSettlement(services, passedAttempt(services, call, { plan, held }))
    } catch (error) {
      services.inFlight.leave()
      throw error
    }
    if (!isOver) return
    settlement.release()
  }
  const next = () => {
    settlement = undefined
    if (!isOver) open().catch((error: unknown) => isOver || onRefused(asGatewayError(error)))
  }
  const settle = (usage: Usage, status: CallStatus) => {
    const all = passes.length > 0 ? { ...usage, passes } : usage
    passes = []
    const current = settlement
    next()
    current?.charge(all, status)
  }
  const ask = (current: Settlement) => {
    isAsking = true
    const minimum = price(margin)
    const answer = (result: HoldResult) => {
      isAsking = false
      if (result.ok || settlement !== current || isOver) return
      // What is reserved already may be consumed to its end.
      if (price(0) >= current.reserved()) onRefused(refusalOf(result, { minimum, current, facts }))
    }
    const result = current.extend(price(quantum), minimum)
    if (!(result instanceof Promise)) return answer(result)
    // A store that does not answer leaves the session alone; what comes next asks again.
    result.then(answer, () => {
      isAsking = false
    })
  }
  return {
    open,
    grown() {
      if (settlement && !isAsking && !isOver && price(margin) > settlement.reserved()) ask(settlement)
    },
    finished: settle,
    pass: (pass) => void passes.push(pass),
    unreported(isFailed) {
      if (!isFailed) settle({ buckets: meter.estimate(), source: 'estimated' }, 'succeeded')
    },
    end(isUnderWay) {
      if (isOver) return
      isOver = true
      const buckets: Buckets = isUnderWay ? meter.estimate() : {}
      if (!isUnderWay && passes.length === 0) return settlement?.release()
      settlement?.charge(
        { buckets, source: isUnderWay ? 'estimated' : 'provider', ...(passes.length > 0 && { passes }) },
        'aborted',
      )
    },
  }
}

interface Priced {
  readonly buckets: Buckets
  readonly at: number
}

function priceOf({ fee }: CallServices, { target }: SessionFacts, { buckets, at }: Priced): Nano {
  return computeCharge({
    prices: target.resolution.entry?.prices ?? [],
    usage: { buckets, source: 'estimated' },
    fee,
    credential: target.credential.kind,
    at,
  }).total
}

interface Extension {
  readonly minimum: Nano
  readonly current: Settlement
  readonly facts: SessionFacts
}

function refusalOf(
  result: Extract<HoldResult, { ok: false }>,
  { minimum, current, facts }: Extension,
): GatewayError {
  if (result.reason === 'not_pending') {
    const message =
      'The credits of this session were given back before it ended, because its store was away too long.'
    return new GatewayError({ code: 'store_unavailable', message })
  }
  const others = { ...result, held: result.held - current.reserved() }
  return holdRefusal(others, minimum - current.reserved(), facts.principal.limits)
}
