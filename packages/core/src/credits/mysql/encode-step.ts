import { callIdTime } from '../call-id.ts'
import type { CreditRequest, ExtendRequest, HoldLimits, HoldRequest, SettleRequest } from '../driver.ts'
import { mapSpend } from '../engine/limits-record.ts'
import { spendLimitText } from '../sql/spend-limit.ts'

type Value = string | number | boolean | null | undefined

/** A call of the procedure `tollgate_<name>`. */
export interface Step {
  readonly name: 'hold' | 'extend' | 'settle' | 'release' | 'credit' | 'expire'
  readonly account: string
  /** Its parameters behind the account and the time, in their order. Amounts are decimal text. */
  readonly values: readonly Value[]
}

export function holdStep(request: HoldRequest): Step {
  const { id, account, amount, minimum, share, ttlMs, limits = [], tokens = 0 } = request
  const amounts = [String(amount), minimum?.toString(), share?.of, share?.atLeast.toString()]
  const values = [id, callIdTime(id), ...amounts, ttlMs, ...limitValues(limits), tokens]
  return { name: 'hold', account, values }
}

/** The first id, all others, and the sets themselves. */
function limitValues(limits: readonly HoldLimits[]): readonly Value[] {
  const [first, ...others] = limits
  if (!first) return [null, null, null]
  const otherIds = others.length > 0 ? JSON.stringify(others.map(({ id }) => id)) : null
  return [first.id, otherIds, JSON.stringify(limits.map(limitsRecord))]
}

/** In the order of the ids, which are not said again. */
function limitsRecord({ spend, rpm, tpm, concurrency }: HoldLimits) {
  return { ...(spend && mapSpend(spend, spendLimitText)), rpm, tpm, concurrency }
}

export function extendStep(
  id: string,
  account: string,
  { toAmount = 0n, minimum, ttlMs }: ExtendRequest,
): Step {
  return { name: 'extend', account, values: [id, String(toAmount), minimum?.toString(), ttlMs] }
}

export function settleStep({ id, account, modelCost, fee, overrun, meta }: SettleRequest): Step {
  const values = [id, String(modelCost), String(fee), overrun === 'cap', JSON.stringify(meta)]
  return { name: 'settle', account, values }
}

export function releaseStep(id: string, account: string): Step {
  return { name: 'release', account, values: [id] }
}

export function creditStep({ ref, account, amount, kind, expiresAt, meta }: CreditRequest): Step {
  const values = [ref, kind, String(amount), expiresAt, meta && JSON.stringify(meta)]
  return { name: 'credit', account, values }
}

export function expireStep(account: string, most: number): Step {
  return { name: 'expire', account, values: [most] }
}
