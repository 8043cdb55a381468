import type {
  CreditRequest,
  CreditResult,
  ExtendRequest,
  HoldRequest,
  HoldResult,
  SettleRequest,
  SettleResult,
} from '../driver.ts'
import { type AccountState, type EngineStore, emptyAccount } from './account-state.ts'
import { applyCredit } from './credit.ts'
import { expireAccount } from './expire.ts'
import { extendHold, takeHold } from './hold.ts'
import { releaseHold, settleHold } from './settle.ts'

/**
 * The rules of money, without any waiting in them: each method is one atomic step. Requests have been checked.
 */
export interface CreditEngine {
  hold(request: HoldRequest): HoldResult
  extend(id: string, account: string, request: ExtendRequest): HoldResult
  settle(request: SettleRequest): SettleResult
  release(id: string, account: string): SettleResult
  /** @throws GatewayError `idempotency_conflict`, or `invalid_request` for an amount that fits no account any more. */
  credit(request: CreditRequest): CreditResult
  /** The account as it is, expired grants taken off. */
  account(id: string): AccountState
  /** Gives back expired holds of the accounts that are loaded. Returns how many. */
  expire(limit: number): number
}

/** What the steps of an engine share. */
export interface EngineContext {
  readonly store: EngineStore
  readonly now: () => number
}

/**
 * An engine over a store that answers at once.
 *
 * @example
 * const engine = createCreditEngine({ store, now: Date.now })
 */
export function createCreditEngine(context: EngineContext): CreditEngine {
  const { store, now } = context
  const accounts = new Map<string, AccountState>()
  const open = (id: string): AccountState => {
    let account = accounts.get(id)
    if (!account) {
      account = store.load(id) ?? emptyAccount(id)
      accounts.set(id, account)
    }
    return account
  }
  return {
    hold: (request) => takeHold(context, open(request.account), request),
    extend: (id, account, request) => extendHold(context, open(account), { id, ...request }),
    settle: (request) => settleHold(context, open(request.account), request),
    release: (id, account) => releaseHold(context, open(account), id),
    credit: (request) => applyCredit(context, open(request.account), request),
    account(id) {
      const account = open(id)
      expireAccount(context, account, { limit: 0, now: now() })
      return account
    },
    expire(limit) {
      let given = 0
      for (const account of accounts.values()) {
        if (given >= limit) break
        given += expireAccount(context, account, { limit: limit - given, now: now() })
      }
      return given
    },
  }
}
