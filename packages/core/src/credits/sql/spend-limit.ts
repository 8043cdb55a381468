import { maxNano, minNano, type Nano } from '../../billing/money.ts'

/** As a column holds it: no account has more to spend than an amount may be. */
export function spendLimitText(limit: Nano | undefined): string | undefined {
  return limit === undefined ? undefined : String(minNano(limit, maxNano))
}
