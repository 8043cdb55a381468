import { createCallId } from '../../packages/core/src/credits/call-id.ts'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'

export const grant = (driver: CreditDriver, account: string, amount = 1_000_000n) =>
  driver.credit({ account, ref: 'grant', amount, kind: 'topup' })

/** 100 for a minute. */
export const hold = (
  driver: CreditDriver,
  account: string,
  terms: { readonly id?: string; readonly ttlMs?: number } = {},
) => driver.hold({ id: createCallId(), account, amount: 100n, ttlMs: 60_000, ...terms })
