import { assertNano } from '../../billing/money.ts'
import type { CreditKind, CreditRequest, SettleRequest } from '../driver.ts'
import { checkName, checkWhole, checkWord, refuseMember, type WholeNumbers } from './check-member.ts'
import { checkMeta } from './check-meta.ts'

const overruns = ['extend', 'cap']
const kinds: readonly CreditKind[] = ['topup', 'promotion', 'refund', 'adjust_up', 'adjust_down', 'withdraw']
/** What a `Date` can be. */
const moments: WholeNumbers = { least: 1, most: 8_640_000_000_000_000 }

/** @throws GatewayError `invalid_request` that names the member. */
export function checkSettle({ id, account, modelCost, fee, overrun, meta }: SettleRequest): void {
  checkName(id, 'id')
  checkName(account, 'account')
  assertNano(modelCost, 'modelCost')
  assertNano(fee, 'fee')
  if (overrun !== undefined) checkWord(overrun, 'overrun', overruns)
  checkMeta(meta)
}

/** @throws GatewayError `invalid_request` that names the member. */
export function checkCredit({ ref, account, amount, kind, expiresAt, meta }: CreditRequest): void {
  checkName(ref, 'ref')
  checkName(account, 'account')
  assertNano(amount, 'amount')
  if (amount === 0n) refuseMember('amount', 'must be more than 0')
  checkWord(kind, 'kind', kinds)
  if (expiresAt !== undefined) checkWhole(expiresAt, 'expiresAt', moments)
  if (meta !== undefined) checkMeta(meta)
}
