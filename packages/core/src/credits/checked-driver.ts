import type { CreditDriver } from './driver.ts'
import { checkCredit, checkSettle } from './requests/check-change.ts'
import { checkExtend, checkHold } from './requests/check-hold.ts'
import { checkName, checkWhole } from './requests/check-member.ts'

const largest = Number.MAX_SAFE_INTEGER

/**
 * The driver behind a check of its requests: what not every store would take, or take alike, none is asked. Such a
 * request rejects with `invalid_request`, which names the member and is no outage. What the steps of a call throw
 * becomes a rejection as well, as the port wants it.
 *
 * @example
 * return checkedDriver({ kind: 'mine', hold: (request) => engine.hold(request), … })
 */
export function checkedDriver(driver: CreditDriver): CreditDriver {
  return {
    ...driver,
    // A server's settings are known once it has answered.
    get durability() {
      return driver.durability
    },
    ...checkedSteps(driver),
    credit: async (request) => {
      checkCredit(request)
      return driver.credit(request)
    },
    balance: async (account) => {
      checkName(account, 'account')
      return driver.balance(account)
    },
    expire: async (limit) => {
      checkWhole(limit, 'limit', { least: 0, most: largest })
      return driver.expire(limit)
    },
    async *ledger(account, fromSeq = 1, toSeq = largest) {
      checkName(account, 'account')
      checkWhole(fromSeq, 'fromSeq', { least: 1, most: largest })
      checkWhole(toSeq, 'toSeq', { least: 0, most: largest })
      yield* driver.ledger(account, fromSeq, toSeq)
    },
    ...checkedFind(driver),
    audit: async (account) => {
      checkName(account, 'account')
      return driver.audit(account)
    },
  }
}

/** Only where the driver has one: whoever asks looks elsewhere otherwise. */
function checkedFind({ find }: CreditDriver): Pick<CreditDriver, 'find'> {
  if (!find) return {}
  return {
    find: async (account, id) => {
      checkCall(id, account)
      return find(account, id)
    },
  }
}

/** At once where the driver answers at once. */
function checkedSteps(driver: CreditDriver): Pick<CreditDriver, 'hold' | 'extend' | 'settle' | 'release'> {
  return {
    hold(request) {
      try {
        checkHold(request)
        return driver.hold(request)
      } catch (error) {
        return Promise.reject(error)
      }
    },
    extend(id, account, request) {
      try {
        checkCall(id, account)
        checkExtend(request)
        return driver.extend(id, account, request)
      } catch (error) {
        return Promise.reject(error)
      }
    },
    settle(request) {
      try {
        checkSettle(request)
        return driver.settle(request)
      } catch (error) {
        return Promise.reject(error)
      }
    },
    release(id, account) {
      try {
        checkCall(id, account)
        return driver.release(id, account)
      } catch (error) {
        return Promise.reject(error)
      }
    },
  }
}

function checkCall(id: string, account: string): void {
  checkName(id, 'id')
  checkName(account, 'account')
}
