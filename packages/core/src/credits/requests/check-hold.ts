import { assertNano } from '../../billing/money.ts'
import type { ExtendRequest, HoldRequest, HoldShare, KeyLimits } from '../driver.ts'
import {
  checkName,
  checkObject,
  checkWhole,
  checkWord,
  refuseMember,
  type WholeNumbers,
} from './check-member.ts'

/** About 31 years. */
export const longestTtlMs = 1_000_000_000_000

const ttls: WholeNumbers = { least: 1, most: longestTtlMs }
const counts: WholeNumbers = { least: 0, most: Number.MAX_SAFE_INTEGER }
const parts: WholeNumbers = { least: 1, most: Number.MAX_SAFE_INTEGER }
const spendWindows = ['day', 'week', 'month', 'lifetime']

/** @throws GatewayError `invalid_request` that names the member. */
export function checkHold({ id, account, amount, minimum, share, ttlMs, key }: HoldRequest): void {
  checkName(id, 'id')
  checkName(account, 'account')
  assertNano(amount, 'amount')
  if (minimum !== undefined) assertNano(minimum, 'minimum')
  if (share !== undefined) checkShare(share)
  checkWhole(ttlMs, 'ttlMs', ttls)
  if (key !== undefined) checkKeyLimits(key)
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

function checkKeyLimits(key: KeyLimits): void {
  checkObject(key, 'key')
  const { id, spendLimit, spendWindow, rpm, tpm, concurrency, estTokens } = key
  checkName(id, 'key.id')
  if (spendLimit !== undefined) checkSpendLimit(spendLimit)
  if (spendWindow !== undefined) checkWord(spendWindow, 'key.spendWindow', spendWindows)
  if (rpm !== undefined) checkWhole(rpm, 'key.rpm', counts)
  if (tpm !== undefined) checkWhole(tpm, 'key.tpm', counts)
  if (concurrency !== undefined) checkWhole(concurrency, 'key.concurrency', counts)
  if (estTokens !== undefined) checkWhole(estTokens, 'key.estTokens', counts)
}

/** It may be larger than any amount, and limits nothing then. */
function checkSpendLimit(limit: unknown): void {
  if (typeof limit === 'bigint' && limit >= 0n) return
  refuseMember('key.spendLimit', 'must be nano-dollars as a bigint of at least 0')
}
