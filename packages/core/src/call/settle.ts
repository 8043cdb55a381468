import { countOutputTokens } from '../billing/buckets.ts'
import type { Nano } from '../billing/money.ts'
import type { Usage } from '../billing/usage.ts'
import type { Eventually, HoldResult, SettleRequest, SettleResult } from '../credits/driver.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import { readUsageEvents } from '../telemetry/read-usage-events.ts'
import type { UsageEvent } from '../telemetry/usage-event.ts'
import type { Watch } from './attempts/watch.ts'
import type { Call } from './call.ts'
import { freeMeta, ledgerMeta } from './ledger-meta.ts'
import { type Charge, priceCall } from './price-call.ts'
import { untilAnswered } from './retry-store.ts'
import type { CallServices } from './services.ts'

export type CallStatus = UsageEvent['status']

/**
 * The one settlement of an attempt. Whichever of `charge`, `release`, `free` and `pass` comes first counts; the others do
 * nothing.
 */
export interface Settlement {
  /** Charges what the answer consumed, and says what that is; nobody in the way of the bytes waits for it. */
  charge(usage: Usage, status: CallStatus): Charge
  /** Gives the hold back: the call is free. */
  release(): void
  /** The call is free, because nothing came of it; the ledger keeps what was tried. */
  free(status: CallStatus, error?: GatewayError): void
  /** The hold is the next attempt's from now on. */
  pass(): void
  /** What it pays for goes on without this process, whatever becomes of the attempt. */
  isHandedOver(): boolean
  /** Leaves it to whoever finds the end of what goes on without this process; the hold stays. */
  handOver(): Promise<void>
  /** Nano-dollars that are reserved for the call, as far as is known. */
  reserved(): Nano
  /**
   * Reserves more, in all; see `CreditDriver.extend`.
   *
   * @param minimum The least that will do.
   */
  extend(toAmount: Nano, minimum: Nano): Eventually<HoldResult>
  /** The moment the first byte of the answer came, for telemetry. */
  firstByte(): void
  /** The moment the first event came that belongs to a streamed answer. */
  firstToken(): void
}

export function createSettlement(services: CallServices, call: Call): Settlement {
  const { credits, logger, inFlight, unanswered, ending } = services
  const { account } = call.principal
  const retry = { logger, requestId: call.id, ending, gaveUp: unanswered.leave }
  const renew = createRenewal(services, call)
  services.renewals.add(renew)
  let firstByteAt: number | undefined
  let firstTokenAt: number | undefined
  let reserved = call.held
  const note = (result: HoldResult) => {
    if (result.ok) reserved = result.amount
    return result
  }
  /** True for who comes first. */
  const settle = () => services.renewals.delete(renew)
  /** The call is over; the store's answer is waited for by itself. */
  const tell = <Result>(operation: () => Eventually<Result>, done: (result: Result) => void) => {
    unanswered.enter()
    inFlight.leave()
    untilAnswered(operation, done, retry)
  }
  const record = (request: SettleRequest) =>
    tell(
      () => credits.settle(request),
      (result) => {
        unanswered.leave()
        reportSettlement(services, { request, result })
      },
    )
  /** At no charge. */
  const free = (status: CallStatus, error?: GatewayError) => {
    endWatch(call.watch, { status, firstByteAt })
    if (!settle()) return
    const meta = freeMeta(call, { status, error })
    record({ id: call.id, account, modelCost: 0n, fee: 0n, meta })
  }
  return {
    charge(usage, seen) {
      // An answer may have been read to its end without its client.
      const status = seen === 'succeeded' && call.exchange.hasLeft() ? 'aborted' : seen
      endWatch(call.watch, { status, usage, firstByteAt })
      const charge = priceCall(services, call, { usage, reserved })
      if (!settle()) return charge
      rememberServer(services, call)
      const { modelCost, fee } = charge
      const outcome = { usage, charge, status, firstByteAt, firstTokenAt, reserved }
      const meta = ledgerMeta(services, call, outcome)
      const request = { id: call.id, account, modelCost, fee, meta }
      record(request)
      return charge
    },
    release() {
      if (call.course && call.course.records.length > 0) return free('aborted')
      call.watch?.abandoned()
      if (!settle()) return
      services.observer?.ended(call.id)
      tell(() => credits.release(call.id, account), unanswered.leave)
    },
    free,
    pass: () => void settle(),
    isHandedOver: () => false,
    async handOver() {
      if (!settle()) return
      try {
        await credits.handOver?.(call.id, account)
      } finally {
        services.observer?.ended(call.id)
        inFlight.leave()
      }
    },
    reserved: () => reserved,
    extend(toAmount, minimum) {
      const result = credits.extend(call.id, account, { toAmount, minimum })
      return result instanceof Promise ? result.then(note) : note(result)
    },
    firstByte() {
      firstByteAt ??= Date.now()
    },
    firstToken() {
      firstTokenAt ??= Date.now()
    },
  }
}

/** The conversation goes on where its prompts are cached now. */
function rememberServer({ choice }: CallServices, { course, target }: Call): void {
  const { planned } = target
  if (course?.conversation !== undefined && planned)
    choice.affinity?.remember(course.conversation, planned.id)
}

/** What the end of an answer says of its provider. */
function endWatch(watch: Watch | undefined, { status, usage, firstByteAt }: Ended): void {
  if (status === 'succeeded')
    watch?.succeeded({ firstByteAt, outputTokens: usage ? countOutputTokens(usage.buckets) : 0 })
  else if (status === 'cut') watch?.brokeOff()
  else watch?.abandoned()
}

interface Ended {
  readonly status: CallStatus
  readonly usage?: Usage
  readonly firstByteAt: number | undefined
}

/** A long answer must not outlive its hold: what is given back may be spent before the answer is charged. */
function createRenewal({ credits, logger, settings }: CallServices, call: Call): () => void {
  const { id, principal, startedAt } = call
  const { holdTtl: ttlMs } = settings
  let renewedAt = startedAt
  const warn = (error: unknown) =>
    logger.warn({ requestId: id, error }, 'The hold of a running call could not be renewed.')
  return () => {
    if (Date.now() - renewedAt < ttlMs / 3) return
    renewedAt = Date.now()
    const renewal = credits.extend(id, principal.account, { ttlMs })
    if (renewal instanceof Promise) renewal.catch(warn)
  }
}

/** The settlement of a call that took no hold: nothing moves, whatever the answer. */
export function createFreeSettlement({ inFlight }: CallServices, watch?: Watch): Settlement {
  let settled = false
  const leaveOnce = () => {
    if (settled) return
    settled = true
    inFlight.leave()
  }
  return {
    charge(usage, status) {
      endWatch(watch, { status, usage, firstByteAt: undefined })
      leaveOnce()
      return { modelCost: 0n, fee: 0n, total: 0n, rates: {} }
    },
    release: leaveOnce,
    free() {
      watch?.abandoned()
      leaveOnce()
    },
    isHandedOver: () => false,
    pass() {
      settled = true
    },
    handOver: async () => leaveOnce(),
    reserved: () => 0n,
    extend: () => ({ ok: false, reason: 'not_pending', available: 0n, held: 0n }),
    firstByte() {},
    firstToken() {},
  }
}

export interface Settled {
  readonly request: SettleRequest
  readonly result: SettleResult
  /** Somebody else has told of it. */
  readonly isTold?: boolean
}

/**
 * Tells of a settlement. A hold that the store does not know any more was lost with it; the charge is then the
 * operator's loss.
 */
export function reportSettlement(services: CallServices, { request, result, isTold }: Settled): void {
  const { observer, usageFeed, logger } = services
  const { id: ref, account, modelCost, fee, meta } = request
  if (result.state === 'unknown') logger.error({ requestId: ref, account }, 'The hold of a call is unknown.')
  if (result.state === 'unknown' || isTold) observer?.ended(ref)
  else if (observer || usageFeed.isHeard) {
    const { charged: amount, shortfall } = result
    const events = readUsageEvents({ ref, account, modelCost, fee, amount, shortfall, meta })
    usageFeed.tell(events)
    observer?.settled(ref, events)
  }
}
