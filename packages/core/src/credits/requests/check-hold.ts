import { assertNano } from '../../billing/money.ts'
import type { ExtendRequest, HoldRequest, HoldShare } from '../driver.ts'
import { checkLimits } from './check-limits.ts'
import { checkName, checkObject, checkWhole, counts, type WholeNumbers } from './check-member.ts'

/** About 31 years. */
export const longestTtlMs = 1_000_000_000_000

const ttls: WholeNumbers = { least: 1, most: longestTtlMs }
const parts: WholeNumbers = { least: 1, most: Number.MAX_SAFE_INTEGER }

/** @throws GatewayError `invalid_request` that names the member. */
export function checkHold(request: HoldRequest): void {
  const { id, account, amount, minimum, share, ttlMs, limits, tokens } = request
  checkName(id, 'id')
  checkName(account, 'account')
  assertNano(amount, 'amount')
  if (minimum !== undefined) assertNano(minimum, 'minimum')
  if (share !== undefined) checkShare(share)
  checkWhole(ttlMs, 'ttlMs', ttls)
  if (limits !== undefined) checkLimits(limits)
  if (tokens !== undefined) checkWhole(tokens, 'tokens', counts)
}

/** @throws GatewayError `invalid_request` that names the member. */
export function checkExtend({ toAmount, minimum, ttlMs }: ExtendRequest): void {
  if (toAmount !== undefined) assertNano(toAmount, 'toAmount')
  if (minimum !== undefined) assertNano(minimum, 'minimum')
  if (ttlMs !== undefined) checkWhole(ttlMs, 'ttlMs', ttls)
}

function checkShare(share: HoldShare): void {
  checkObject(share, 'share')
  checkWhole(share.of, 'share.of', parts)
  assertNano(share.atLeast, 'share.atLeast')
}
