import { setTimeout as sleep } from 'node:timers/promises'
import type { CreditDriver, LedgerEntry } from '../../packages/core/src/credits/driver.ts'
import type { SpenderEntry } from './spender-log.ts'

/** What is found when everything has come to rest. All amounts in nano-dollars. */
export interface Reckoning {
  readonly calls: number
  /** Charged according to the ledger. */
  readonly charged: bigint
  /** Confirmed to a spender and not in the ledger, or there with another amount. */
  readonly lost: bigint
  /** Asked for and never confirmed to anybody: charged once, or not at all. */
  readonly unconfirmed: number
  /** In words; empty when all is well. */
  readonly problems: readonly string[]
}

interface Known {
  readonly asked: Map<string, bigint>
  readonly confirmed: Map<string, bigint>
}

function collect(entries: readonly SpenderEntry[], account: string): Known {
  const known: Known = { asked: new Map(), confirmed: new Map() }
  for (const entry of entries) {
    if (entry.account !== account) continue
    const amounts = entry.what === 'asked' ? known.asked : known.confirmed
    amounts.set(entry.id, BigInt(entry.amount))
  }
  return known
}

/** Holds of spenders that died come back by themselves; this waits for it. */
export async function settleDown(
  driver: CreditDriver,
  accounts: readonly string[],
  ttlMs: number,
): Promise<void> {
  for (const until = Date.now() + ttlMs + 10_000; Date.now() < until; await sleep(100)) {
    await driver.expire(500)
    const balances = await Promise.all(accounts.map((account) => driver.balance(account)))
    if (balances.every(({ held }) => held === 0n)) return
  }
}

/** Holds what the spenders know against what the store says. */
export async function reckon(
  driver: CreditDriver,
  accounts: readonly string[],
  entries: readonly SpenderEntry[],
): Promise<Reckoning> {
  const each = await Promise.all(
    accounts.map((account) => reckonAccount(driver, account, collect(entries, account))),
  )
  return each.reduce((sum, one) => ({
    calls: sum.calls + one.calls,
    charged: sum.charged + one.charged,
    lost: sum.lost + one.lost,
    unconfirmed: sum.unconfirmed + one.unconfirmed,
    problems: [...sum.problems, ...one.problems],
  }))
}

async function reckonAccount(driver: CreditDriver, account: string, known: Known): Promise<Reckoning> {
  const { asked, confirmed } = known
  const problems = [...(await driver.audit(account)).problems]
  const { available, held, spent } = await driver.balance(account)
  if (held !== 0n) problems.push(`${held} are held by nobody`)
  if (available < 0n) problems.push(`${available} are available`)
  const rows = new Map<string, bigint>()
  for await (const row of driver.ledger(account)) {
    if (!row.op.startsWith('settle')) continue
    problems.push(...checkRow(row, { rows, asked }))
    rows.set(row.ref, row.amount)
  }
  const charged = sumOf(rows.values())
  if (charged !== spent) problems.push(`spent is ${spent}, rows sum to ${charged}`)
  let lost = 0n
  for (const [id, amount] of confirmed) {
    const difference = amount - (rows.get(id) ?? 0n)
    lost += difference < 0n ? -difference : difference
  }
  const unconfirmed = [...asked.keys()].filter((id) => !confirmed.has(id)).length
  return {
    calls: rows.size,
    charged,
    lost,
    unconfirmed,
    problems: problems.map((problem) => `${account}: ${problem}`),
  }
}

interface Seen {
  readonly rows: ReadonlyMap<string, bigint>
  readonly asked: ReadonlyMap<string, bigint>
}

function checkRow({ ref, modelCost, fee, availableAfter }: LedgerEntry, { rows, asked }: Seen): string[] {
  const problems: string[] = []
  if (rows.has(ref)) problems.push(`${ref} is charged twice`)
  if (modelCost + fee !== asked.get(ref)) problems.push(`nobody asked for ${ref}`)
  if (availableAfter < 0n) problems.push(`${ref} left ${availableAfter}`)
  return problems
}

function sumOf(amounts: Iterable<bigint>): bigint {
  let sum = 0n
  for (const amount of amounts) sum += amount
  return sum
}
