import { setTimeout as sleep } from 'node:timers/promises'
import { computeCharge } from '../../../billing/charge.ts'
import type { Nano } from '../../../billing/money.ts'
import type { Buckets, Usage } from '../../../billing/usage.ts'
import { createCallId } from '../../../credits/call-id.ts'
import type { HoldResult } from '../../../credits/driver.ts'
import { asGatewayError, GatewayError } from '../../../errors/gateway-error.ts'
import { holdRefusal, takeHold } from '../../hold.ts'
import type { HoldPlan } from '../../hold-plan.ts'
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
 * reported is charged at once, and no crash makes a long session free. Between them nothing is held.
 */
export interface Turns {
  /**
   * Reserves for the next response, unless that is done. What may make one begin waits for it; undefined where there
   * is nothing to wait for. Rejects with the refusal.
   */
  ready(): Promise<void> | undefined
  /** A response has begun. */
  begun(): void
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
  /** Credits do not pay for what is under way. */
  onRefused(error: GatewayError): void
}

export function createTurns({ services, facts, meter, onRefused }: TurnsOptions): Turns {
  const { quantum, margin } = services.settings
  let settlement: Settlement | undefined
  let opening: Promise<void> | undefined
  let passes: Pass[] = []
  let isOver = false
  let isAsking = false

  const price = (more: number): Nano => {
    const at = Date.now()
    const buckets = meter.bound(rowOf(facts.target, at), more)
    return priceOf(services, facts, { buckets, at })
  }
  const open = async () => {
    const opened = await openTurn(services, facts, price(quantum))
    if (isOver) opened.release()
    else settlement = opened
  }
  const ready = () => {
    if (settlement || isOver) return undefined
    opening ??= patiently(open).finally(() => {
      opening = undefined
    })
    return opening
  }
  const settle = (usage: Usage, status: CallStatus) => {
    const all = passes.length > 0 ? { ...usage, passes } : usage
    const current = settlement
    // Its hold is still on its way, and refuses by itself.
    if (!current)
      return void opening?.then(
        () => settle(usage, status),
        () => {},
      )
    passes = []
    settlement = undefined
    current.charge(all, status)
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
    ready,
    begun() {
      // Some begin by themselves.
      ready()?.catch((error: unknown) => isOver || onRefused(asGatewayError(error)))
    },
    grown() {
      if (settlement && !isAsking && !isOver && price(margin) > settlement.reserved()) ask(settlement)
    },
    finished: settle,
    pass: (pass) => void passes.push(pass),
    unreported(isFailed) {
      if (!isFailed) return settle({ buckets: meter.estimate(), source: 'estimated' }, 'succeeded')
      settlement?.free('failed')
      settlement = undefined
    },
    end(isUnderWay) {
      if (isOver) return
      isOver = true
      const buckets: Buckets = isUnderWay ? meter.estimate() : {}
      if (!isUnderWay && passes.length === 0) return settlement?.release()
      const source = isUnderWay ? 'estimated' : 'provider'
      settlement?.charge({ buckets, source, ...(passes.length > 0 && { passes }) }, 'aborted')
    },
  }
}

/** Milliseconds to wait for what an earlier response held: its charge may be on its way to the store. */
const retryMs = [20, 100, 400]

async function patiently(open: () => Promise<void>): Promise<void> {
  for (const ms of retryMs) {
    try {
      return await open()
    } catch (error) {
      const { code } = asGatewayError(error)
      if (code !== 'rate_limited' && code !== 'held_credits') throw error
      await sleep(ms)
    }
  }
  return open()
}

async function openTurn(services: CallServices, facts: SessionFacts, amount: Nano): Promise<Settlement> {
  const { quantum } = services.settings
  const call = passedCall({ ...facts, id: createCallId(), startedAt: Date.now() })
  const plan: HoldPlan = {
    amount,
    minimum: amount,
    share: undefined,
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
    return createSettlement(services, passedAttempt(services, call, { plan, held }))
  } catch (error) {
    services.inFlight.leave()
    throw error
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
