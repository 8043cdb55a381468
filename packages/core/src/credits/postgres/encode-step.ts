import { callIdTime } from '../call-id.ts'
import type { CreditRequest, ExtendRequest, HoldLimits, HoldRequest, SettleRequest } from '../driver.ts'
import { mapSpend } from '../engine/limits-record.ts'
import { spendLimitText } from '../sql/spend-limit.ts'

/** A step under the names of the columns of `tollgate_step`; amounts are decimal text, what is left out is null. */
export interface Step {
  readonly kind: 'hold' | 'extend' | 'settle' | 'release' | 'credit' | 'expire'
  readonly account: string
  readonly [column: string]: string | number | boolean | readonly object[] | undefined
}

export function holdStep({
  id,
  account,
  amount,
  minimum,
  share,
  ttlMs,
  limits = [],
  tokens,
}: HoldRequest): Step {
  return {
    kind: 'hold',
    account,
    id,
    amount: String(amount),
    minimum: minimum?.toString(),
    share_of: share?.of,
    share_least: share?.atLeast.toString(),
    ttl: ttlMs,
    made_at: callIdTime(id),
    ...(limits.length > 0 && { limits: limits.map(limitsColumns), tokens }),
  }
}

/** Under the names of the columns of `tollgate_limits`. */
function limitsColumns({ id, spend, rpm, tpm, concurrency }: HoldLimits) {
  return { id, ...(spend && mapSpend(spend, spendLimitText)), rpm, tpm, concurrency }
}

export function extendStep(
  id: string,
  account: string,
  { toAmount = 0n, minimum, ttlMs }: ExtendRequest,
): Step {
  const amounts = { amount: String(toAmount), minimum: minimum?.toString() }
  return { kind: 'extend', account, id, ...amounts, ttl: ttlMs }
}

export function settleStep({ id, account, modelCost, fee, overrun, meta }: SettleRequest): Step {
  return {
    kind: 'settle',
    account,
    id,
    model_cost: String(modelCost),
    fee: String(fee),
    capped: overrun === 'cap',
    meta: JSON.stringify(meta),
  }
}

export function releaseStep(id: string, account: string): Step {
  return { kind: 'release', account, id }
}

export function creditStep({ ref, account, amount, kind, expiresAt, meta }: CreditRequest): Step {
  return {
    kind: 'credit',
    account,
    id: ref,
    amount: String(amount),
    op: kind,
    expires_at: expiresAt,
    meta: meta && JSON.stringify(meta),
  }
}

export function expireStep(account: string, most: number): Step {
  return { kind: 'expire', account, most }
}
