import { GatewayError } from '../errors/gateway-error.ts'
import type {
  CreditDriver,
  Eventually,
  HoldRequest,
  HoldResult,
  SettleRequest,
  SettleResult,
} from './driver.ts'
import type { Spool } from './spool/spool.ts'

/**
 * A driver whose charges are on this machine's disk before the store is told: for stores that are elsewhere. One in
 * a file of its own needs none, because its commit is that very write, and one in memory keeps nothing.
 *
 * @example
 * const credits = createSpooledDriver(driver, createSpool({ folder, store: 'redis://cache:6379/0', logger }))
 */
export function createSpooledDriver(driver: CreditDriver, spool: Spool): CreditDriver {
  let isClosed = false
  const hold = (request: HoldRequest): Eventually<HoldResult> => {
    const { id, account } = request
    return noting(driver.hold(request), ({ amount }) => spool.started({ id, account, amount }))
  }
  const holdAfter = async (admitted: Promise<void>, request: HoldRequest): Promise<HoldResult> => {
    await admitted
    return await hold(request)
  }
  const settle = async (request: SettleRequest): Promise<SettleResult> => {
    await spool.settling(request)
    if (isClosed) throw closed()
    const result = await driver.settle(request)
    if (result.state === 'unknown') await spool.lost(request, 'The hold is unknown.')
    else spool.done(request.id)
    return result
  }
  const replay = () => void spool.replay.run(driver.settle)
  return {
    ...driver,
    init: async () => {
      await driver.init()
      replay()
    },
    hold(request) {
      const admitted = spool.admit()
      return admitted ? holdAfter(admitted, request) : hold(request)
    },
    extend(id, account, request) {
      return noting(driver.extend(id, account, request), ({ amount }) => spool.grown(id, amount))
    },
    settle,
    release(id, account) {
      // A call that is given back is not under way any more; its hold expires should the store never hear of it.
      spool.done(id)
      return driver.release(id, account)
    },
    expire(limit) {
      replay()
      return driver.expire(limit)
    },
    async close() {
      await spool.idle()
      isClosed = true
      await spool.close()
      await driver.close()
    },
  }
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

function closed(): GatewayError {
  const message = 'The store of credits is closed; the charge is made at the next start.'
  return new GatewayError({ code: 'store_unavailable', message })
}
