import { callIdTime } from '../call-id.ts'
import type { CreditRequest, ExtendRequest, HoldLimits, HoldRequest, SettleRequest } from '../driver.ts'
import { debits } from '../engine/credit.ts'
import { mapSpend } from '../engine/limits-record.ts'
import { spendLimitText } from '../sql/spend-limit.ts'

/** The arguments of the script `hold`, in its order. */
export function holdArguments(request: HoldRequest): string[] {
  const { id, amount, minimum = amount, ttlMs, share, limits = [], tokens = 0 } = request
  const terms = [id, text(amount), text(minimum), text(ttlMs), text(callIdTime(id))]
  const all = [...terms, text(share?.of), text(share?.atLeast), text(tokens)]
  return limits.length > 0 ? [...all, JSON.stringify(limits.map(limitsRecord))] : all
}

/** Amounts are text, since some are beyond what a number keeps. */
function limitsRecord({ id, spend, rpm, tpm, concurrency }: HoldLimits) {
  return { id, spend: spend && mapSpend(spend, spendLimitText), rpm, tpm, concurrency }
}

/** The arguments of the script `extend`, in its order. */
export function extendArguments(id: string, request: ExtendRequest): string[] {
  const { toAmount = 0n, minimum = toAmount, ttlMs } = request
  return [id, text(toAmount), text(minimum), text(ttlMs)]
}

/** The arguments of the script `settle`, in its order. */
export function settleArguments(request: SettleRequest): string[] {
  const { id, modelCost, fee, overrun = 'extend', meta } = request
  return [id, text(modelCost), text(fee), text(modelCost + fee), overrun, JSON.stringify(meta)]
}

/** The arguments of the script `credit`, in its order. */
export function creditArguments({ ref, kind, amount, expiresAt, meta }: CreditRequest): string[] {
  const direction = debits.has(kind) ? 'debit' : 'credit'
  return [ref, kind, text(amount), direction, text(expiresAt), meta ? JSON.stringify(meta) : '']
}

function text(value: bigint | number | undefined): string {
  return value === undefined ? '' : String(value)
}
