import { checkedDriver } from '../checked-driver.ts'
import type { CreditDriver } from '../driver.ts'
import { auditLedger } from '../engine/audit.ts'
import { creditResult, holdResult, numberOf, type Outcome, settleResult } from './decode-outcome.ts'
import { giveBackDue } from './give-back-due.ts'
import type { SqlLedger } from './sql-ledger.ts'
import { answered } from './store-unavailable.ts'

/**
 * The driver of a database that decides each step itself.
 *
 * @param now Milliseconds since the epoch, for tests. By default the server's clock.
 */
export function createSqlDriver<Step>(ledger: SqlLedger<Step>, now?: () => number): CreditDriver {
  const { encode } = ledger
  let durability: CreditDriver['durability'] = 'sync'
  const take = (step: Step): Promise<Outcome> => answered(() => ledger.take(step, now?.()))
  const takeAside = (step: Step): Promise<Outcome> => answered(() => ledger.takeAside(step, now?.()))
  const endGrants = (account: string) => takeAside(encode.expire(account, 0))
  const readBalance = async (account: string) => {
    const found = await ledger.readBalance(account, now?.())
    if (!found.isDue) return found.balance
    await endGrants(account)
    return (await ledger.readBalance(account, now?.())).balance
  }
  const auditAccount = async (account: string) => {
    await endGrants(account)
    const audited = await ledger.readAudited(account)
    const to = audited.balance.seq
    return await auditLedger(ledger.readLedger(account, { from: 1, to }), audited)
  }
  const due = {
    find: (limit: number) => ledger.readDueAccounts({ now: now?.(), limit }),
    expire: async (account: string, most: number) =>
      numberOf(await takeAside(encode.expire(account, most)), 'amount'),
  }
  return checkedDriver({
    kind: ledger.kind,
    multiProcess: true,
    get durability() {
      return durability
    },
    init: async () => {
      durability = await ledger.install()
    },
    identity: () => answered(ledger.identity),
    hold: async (request) => holdResult(await take(encode.hold(request))),
    extend: async (id, account, request) => holdResult(await take(encode.extend(id, account, request))),
    settle: async (request) => settleResult(await take(encode.settle(request))),
    release: async (id, account) => settleResult(await take(encode.release(id, account))),
    credit: async (request) => creditResult(await takeAside(encode.credit(request)), request),
    balance: (account) => answered(() => readBalance(account)),
    expire: (limit) => answered(() => giveBackDue(due, limit)),
    ledger: (account, from = 1, to = Number.MAX_SAFE_INTEGER) => ledger.readLedger(account, { from, to }),
    find: ledger.findCall,
    accounts: ledger.readAccounts,
    audit: (account) => answered(() => auditAccount(account)),
    close: ledger.idle,
  })
}
