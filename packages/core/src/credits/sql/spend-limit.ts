import { maxNano, minNano, type Nano } from '../../billing/money.ts'

/** As a store holds it: no account has more to spend than an amount may be. */
export function spendLimitText(limit: Nano): string {
  return String(minNano(limit, maxNano))
}
