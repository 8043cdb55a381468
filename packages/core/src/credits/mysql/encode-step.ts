import { callIdTime } from '../call-id.ts'
import type { CreditRequest, ExtendRequest, HoldRequest, KeyLimits, SettleRequest } from '../driver.ts'
import { spendLimitText } from '../sql/spend-limit.ts'

type Value = string | number | boolean | null | undefined

/** A call of the procedure `tollgate_<name>`. */
export interface Step {
  readonly name: 'hold' | 'extend' | 'settle' | 'release' | 'credit' | 'expire'
  readonly account: string
  /** Its parameters behind the account and the time, in their order. Amounts are decimal text. */
  readonly values: readonly Value[]
}

export function holdStep({ id, account, amount, minimum, share, ttlMs, key }: HoldRequest): Step {
  const amounts = [String(amount), minimum?.toString(), share?.of, share?.atLeast.toString()]
  const values = [id, callIdTime(id), ...amounts, ttlMs, ...keyValues(key)]
  return { name: 'hold', account, values }
}

function keyValues(key: KeyLimits | undefined): readonly Value[] {
  if (!key) return Array(7).fill(null)
  const { id, spendLimit, spendWindow, rpm, tpm, concurrency, estTokens = 0 } = key
  return [id, spendLimitText(spendLimit), spendWindow, rpm, tpm, concurrency, estTokens]
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
