import { expiredOnTheWay, retentionMs } from '../engine/hold.ts'
import { createScript } from './create-script.ts'
import { accountLua } from './lua/account.ts'
import { balanceLua, snapshotLua, sweepLua } from './lua/account-reads.ts'
import { creditLua } from './lua/credit.ts'
import { grantsLua } from './lua/grants.ts'
import { extendLua, holdLua } from './lua/hold.ts'
import { endingsLua, expiryLua, grantingLua, holdsLua } from './lua/holds.ts'
import { limitUsageLua } from './lua/limit-usage.ts'
import { limitsLua } from './lua/limits.ts'
import { outcomesLua } from './lua/outcomes.ts'
import { rowsLua } from './lua/rows.ts'
import { outcomeLua, releaseLua, settleLua } from './lua/settle.ts'

const all = [accountLua, rowsLua, outcomesLua, grantsLua, limitUsageLua, holdsLua, endingsLua]

const rulesLua = `local RETENTION, EXPIRED_ON_THE_WAY = ${retentionMs}, ${expiredOnTheWay}\n`

/** One script an operation, each an atomic step, made of the pieces that it needs. */
export const scripts = {
  hold: createScript(...all, limitsLua, grantingLua, expiryLua, rulesLua, holdLua),
  extend: createScript(accountLua, limitUsageLua, limitsLua, holdsLua, grantingLua, extendLua),
  settle: createScript(...all, outcomeLua, settleLua),
  release: createScript(...all, outcomeLua, releaseLua),
  credit: createScript(accountLua, rowsLua, grantsLua, creditLua),
  balance: createScript(accountLua, rowsLua, grantsLua, balanceLua),
  snapshot: createScript(...all, snapshotLua),
  sweep: createScript(...all, expiryLua, sweepLua),
} as const
