import { GatewayError } from '../errors/gateway-error.ts'
import { checkedDriver } from './checked-driver.ts'
import type {
  CreditDriver,
  Eventually,
  HoldRequest,
  HoldResult,
  SettleRequest,
  SettleResult,
} from './driver.ts'
import { outcomeOf } from './engine/results.ts'
import { findCall } from './find-call.ts'
import { createIdleCount } from './idle-count.ts'
import { isRefusal } from './is-refusal.ts'
import type { Spool } from './spool/spool.ts'

/** Opens the spool of the ledger of that name. */
export type OpenSpool = (ledger: string) => Spool

/** How long closing waits for what the store is being asked. */
const drainMs = 2000

/**
 * A driver whose charges are on this machine's disk before the store is told: for stores that are elsewhere. One in
 * a file of its own needs none, because its commit is that very write, and one in memory keeps nothing.
 *
 * @param openSpool Called once, when the store has said which ledger it is: charges are made up on the ledger that
 * they were meant for, whatever its address has become.
 * @example
 * const credits = createSpooledDriver(driver, (store) => createSpool({ folder, store, logger }))
 */
export function createSpooledDriver(driver: CreditDriver, openSpool: OpenSpool): CreditDriver {
  let opened: Spool | undefined
  let isClosed = false
  const asked = createIdleCount()
  const spool = (): Spool => {
    if (opened) return opened
    throw notStarted()
  }
  const hold = (request: HoldRequest): Eventually<HoldResult> => {
    const { id, account } = request
    return noting(driver.hold(request), ({ amount }) => opened?.started({ id, account, amount }))
  }
  const holdAfter = async (admitted: Promise<void>, request: HoldRequest): Promise<HoldResult> => {
    await admitted
    return await hold(request)
  }
  /** Some stores forget outcomes after days, and not the rows: what was charged long ago is not lost. */
  const settleOnce = async (request: SettleRequest): Promise<SettleResult> => {
    const result = await driver.settle(request)
    if (result.state !== 'unknown') return result
    const row = await findCall(driver, request.account, request.id)
    return (row && outcomeOf(row, true)) ?? result
  }
  const charge = async (request: SettleRequest): Promise<SettleResult> => {
    try {
      return await settleOnce(request)
    } catch (error) {
      // The caller knows that there is no charge, and may come with another one.
      if (isRefusal(error)) spool().done(request.id)
      throw error
    }
  }
  const spoolAndCharge = async (request: SettleRequest): Promise<SettleResult> => {
    await spool().settling(request)
    if (isClosed) throw unavailable('The store of credits is closed; the charge is made at the next start.')
    const result = await charge(request)
    if (result.state === 'unknown') await spool().lost(request, 'The hold is unknown.')
    else spool().done(request.id)
    return result
  }
  const settle = async (request: SettleRequest): Promise<SettleResult> => {
    asked.enter()
    try {
      return await spoolAndCharge(request)
    } finally {
      asked.leave()
    }
  }
  const replay = () => void opened?.replay.run(settleOnce)
  // What the store would refuse is not written to the disk first: it may be nothing that can be.
  return checkedDriver({
    ...driver,
    // A server's settings are known once it has answered.
    get durability() {
      return driver.durability
    },
    init: async () => {
      await driver.init()
      opened ??= openSpool((await driver.identity?.()) ?? driver.kind)
      replay()
    },
    hold(request) {
      if (!opened) return Promise.reject(notStarted())
      const admitted = opened.admit()
      return admitted ? holdAfter(admitted, request) : hold(request)
    },
    extend(id, account, request) {
      return noting(driver.extend(id, account, request), ({ amount }) => opened?.grown(id, amount))
    },
    settle,
    release(id, account) {
      // A call that is given back is not under way any more; its hold expires should the store never hear of it.
      opened?.done(id)
      return driver.release(id, account)
    },
    handOver(id, account) {
      opened?.done(id)
      return driver.handOver?.(id, account)
    },
    expire(limit) {
      replay()
      return driver.expire(limit)
    },
    keepsCharges: async () => !opened || (await opened.isWhole()),
    async close() {
      await asked.idle(drainMs)
      isClosed = true
      await opened?.close()
      await driver.close()
    },
  })
}

type Held = Extract<HoldResult, { ok: true }>

/** At once where the store answers at once. */
function noting(result: Eventually<HoldResult>, note: (held: Held) => void): Eventually<HoldResult> {
  const pass = (answer: HoldResult) => {
    if (answer.ok) note(answer)
    return answer
  }
  return result instanceof Promise ? result.then(pass) : pass(result)
}

function notStarted(): GatewayError {
  return unavailable('The store of credits has not started.')
}

function unavailable(message: string): GatewayError {
  return new GatewayError({ code: 'store_unavailable', message })
}
