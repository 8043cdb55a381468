import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { collect } from '../../../store/collect.ts'
import type { CreditDriver, LedgerEntry, SettleResult } from '../../driver.ts'
import { limitedAccount, limitedKeys } from './caller.ts'
import type { Seen, SeenCall, SeenCredit } from './seen.ts'

type Ended = Exclude<SettleResult, { state: 'unknown' }>

/** Every call was taken at most once, and whoever asked for it was told the same. */
export function reckonCall({ request, holds, ends, isAbandoned }: SeenCall): Ended | undefined {
  const taken = holds.filter((hold) => hold.ok)
  strictEqual(taken.filter(({ replay }) => !replay).length, taken.length > 0 ? 1 : 0, request.id)
  for (const { amount, expiresAt } of taken)
    deepStrictEqual({ amount, expiresAt }, { amount: taken[0]?.amount, expiresAt: taken[0]?.expiresAt })
  if (taken.length === 0 || isAbandoned) return undefined
  return reckonEnds(request.id, ends)
}

function reckonEnds(id: string, ends: readonly SettleResult[]): Ended {
  const known = ends.filter((end) => end.state !== 'unknown')
  strictEqual(known.length, ends.length, `${id} is not known`)
  const first = known.find(({ replay }) => !replay)
  ok(first, `${id} was ended by nobody`)
  strictEqual(known.filter(({ replay }) => !replay).length, 1, `${id} was ended twice`)
  for (const end of known) deepStrictEqual({ ...end, replay: false }, first)
  return first
}

/** Every payment counted once. Returns what it changed. */
function reckonCredit({ request, results }: SeenCredit): bigint {
  const [first] = results
  ok(first)
  strictEqual(results.filter(({ replay }) => !replay).length, 1, `${request.ref} counted twice`)
  for (const result of results) deepStrictEqual({ ...result, replay: first.replay }, first)
  const moved = request.amount - first.shortfall
  return request.kind === 'withdraw' ? -moved : moved
}

export interface AccountReckoning {
  readonly driver: CreditDriver
  readonly account: string
  readonly seen: Seen
  /** What it had at first. */
  readonly opening: bigint
}

/** Holds one account against what its callers were told, once every hold is over. */
export async function reckonAccount({ driver, account, seen, opening }: AccountReckoning): Promise<void> {
  const calls = seen.calls.filter(({ request }) => request.account === account)
  let charged = 0n
  const chargedTo = new Map<string, bigint>()
  for (const call of calls) {
    const amount = reckonCall(call)?.charged ?? 0n
    charged += amount
    for (const { id } of call.request.limits ?? []) chargedTo.set(id, (chargedTo.get(id) ?? 0n) + amount)
  }
  const rows = await collect(driver.ledger(account))
  const expired = rows.filter(({ op }) => op === 'expire_grant').reduce((sum, { amount }) => sum + amount, 0n)
  const paid = seen.credits
    .filter(({ request }) => request.account === account)
    .reduce((sum, credit) => sum + reckonCredit(credit), opening)
  const { held, spent, topups } = await driver.balance(account)
  deepStrictEqual({ held, spent, topups }, { held: 0n, spent: charged, topups: paid - expired })
  for (const { id, spend } of [...limitedKeys, limitedAccount]) {
    const spent = chargedTo.get(id) ?? 0n
    ok(
      Object.values(spend).every((limit) => spent <= limit),
      `${id} spent ${spent}`,
    )
  }
  reckonRows(rows, calls)
  deepStrictEqual((await driver.audit(account)).problems, [])
}

/** The ledger has no gap, and at most one charge of each call. */
function reckonRows(rows: readonly LedgerEntry[], calls: readonly SeenCall[]): void {
  deepStrictEqual(
    rows.map(({ seq }) => seq),
    rows.map((_, index) => index + 1),
  )
  const charges = rows.filter(({ op }) => op === 'settle' || op === 'settle_late').map(({ ref }) => ref)
  strictEqual(new Set(charges).size, charges.length, 'a call was charged twice')
  const taken = calls.filter(({ holds }) => holds.some((hold) => hold.ok))
  const over = rows.filter(({ op }) => op === 'settle' || op === 'release' || op === 'expire')
  deepStrictEqual(over.map(({ ref }) => ref).sort(), taken.map(({ request }) => request.id).sort())
}
