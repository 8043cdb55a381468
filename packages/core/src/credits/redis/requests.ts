import { maxNano, minNano } from '../../billing/money.ts'
import { callIdTime } from '../call-id.ts'
import type { CreditRequest, ExtendRequest, HoldRequest, KeyLimits, SettleRequest } from '../driver.ts'
import { debits } from '../engine/credit.ts'

/** The arguments of the script `hold`, in its order. */
export function holdArguments(request: HoldRequest): string[] {
  const { id, amount, minimum = amount, ttlMs, share, key } = request
  const terms = [id, text(amount), text(minimum), text(ttlMs), text(callIdTime(id))]
  const all = [...terms, text(share?.of), text(share?.atLeast)]
  return key ? [...all, ...keyArguments(key)] : all
}

function keyArguments(key: KeyLimits): string[] {
  const { id, spendLimit, spendWindow = 'lifetime', rpm, tpm, concurrency, estTokens = 0 } = key
  // No account has more to spend than an amount may be.
  const limit = spendLimit === undefined ? undefined : minNano(spendLimit, maxNano)
  return [id, text(limit), spendWindow, text(rpm), text(tpm), text(concurrency), text(estTokens)]
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
