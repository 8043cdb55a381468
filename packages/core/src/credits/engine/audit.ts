import type { Nano } from '../../billing/money.ts'
import { checkCharge } from '../../billing/recompute-charge.ts'
import { createRecentMap, type RecentMap } from '../../memory/recent-map.ts'
import type { AuditReport, Balance, LedgerEntry } from '../driver.ts'
import { classOf, type ExpiringGrant } from './account-state.ts'
import { addGrant, consumeGrants } from './expiring-grants.ts'

/** What one set of limits has counted, an access key's for instance, by the account's own counters. */
export interface AuditedUsage {
  readonly id: string
  readonly spent: Nano
  readonly held: Nano
  readonly concurrency: number
}

/** A pending hold. */
export interface AuditedHold {
  readonly amount: Nano
  /** The ids of the sets of limits that count it. */
  readonly limits: readonly string[]
}

/** What an account says of itself, to be held against its ledger. */
export interface AuditedAccount {
  readonly account: string
  readonly balance: Balance
  readonly pending: Iterable<AuditedHold>
  readonly usages: Iterable<AuditedUsage>
  /** What is left of credits that end. */
  readonly grants: readonly Pick<ExpiringGrant, 'ref' | 'remaining'>[]
}

interface Sums {
  unspent: Nano
  spent: Nano
  topups: Nano
  seq: number
  grants: ExpiringGrant[]
  /** By the sets of limits that counted it. */
  readonly spentOf: Map<string, Nano>
  /** The rows that ended the last calls, by their ids. */
  readonly ends: RecentMap<Pick<LedgerEntry, 'op' | 'seq'>>
}

/** So many rows apart, a second end of a call is found; to remember more could take the memory of the host. */
const rememberedEnds = 200_000

/** What a row did to the sums. */
function apply(sums: Sums, row: LedgerEntry): void {
  const { op, ref, seq, amount, expiresAt } = row
  if (op === 'release' || op === 'expire') return
  if (op === 'settle' || op === 'settle_late') {
    sums.unspent -= amount
    sums.spent += amount
    consumeGrants(sums, amount)
    for (const id of countedIn(row)) sums.spentOf.set(id, (sums.spentOf.get(id) ?? 0n) + amount)
    return
  }
  const isDebit = op === 'withdraw' || op === 'adjust_down' || op === 'expire_grant'
  const change = isDebit ? -amount : amount
  sums.unspent += change
  sums.topups += change
  if (op === 'expire_grant') endGrant(sums, ref, amount)
  else if (isDebit) consumeGrants(sums, amount)
  else if (expiresAt !== undefined) addGrant(sums, { ref, seq, expiresAt, remaining: amount })
}

function countedIn({ key, otherLimits = [] }: LedgerEntry): readonly string[] {
  return key === undefined ? [] : [key, ...otherLimits]
}

function endGrant(sums: Sums, ref: string, amount: Nano): void {
  const grant = sums.grants.find((candidate) => candidate.ref === ref)
  if (grant) grant.remaining -= amount
  sums.grants = sums.grants.filter(({ remaining }) => remaining > 0n)
}

/** Computes everything again from the rows and names what disagrees. */
export async function auditLedger(
  rows: AsyncIterable<LedgerEntry>,
  audited: AuditedAccount,
): Promise<AuditReport> {
  const ends: Sums['ends'] = createRecentMap(2 * rememberedEnds)
  const sums: Sums = { unspent: 0n, spent: 0n, topups: 0n, seq: 0, grants: [], spentOf: new Map(), ends }
  const problems: string[] = []
  let firstBadSeq: number | undefined
  let entries = 0
  for await (const row of rows) {
    entries += 1
    const fault = checkRow(sums, row)
    if (fault === undefined) continue
    firstBadSeq ??= row.seq
    problems.push(fault)
  }
  problems.push(...checkBalance(sums, audited), ...checkUsages(sums, audited), ...checkGrants(sums, audited))
  const { account } = audited
  const ok = problems.length === 0
  return { account, ok, entries, problems, ...(firstBadSeq !== undefined && { firstBadSeq }) }
}

/** A fault counts once: the sums go on from what the row says. */
function checkRow(sums: Sums, row: LedgerEntry): string | undefined {
  const expected = sums.seq + 1
  sums.seq = row.seq
  apply(sums, row)
  const after = row.availableAfter + row.heldAfter
  const isOff = after !== sums.unspent
  const difference = `row ${row.seq}: ${after} after ${row.op} of ${row.amount}, not ${sums.unspent}`
  sums.unspent = after
  if (row.seq !== expected) return `row ${row.seq} follows ${expected - 1}`
  if (row.availableAfter < 0n || row.heldAfter < 0n) return `row ${row.seq}: a balance below zero`
  if (isOff) return difference
  const again = checkEnd(sums, row)
  if (again !== undefined) return again
  return row.op.startsWith('settle') ? checkSettlement(row) : undefined
}

/** A call ends once; one whose hold expired may still be charged, once. */
function checkEnd({ ends }: Sums, { op, ref, seq }: LedgerEntry): string | undefined {
  if (classOf(op) !== 'call') return undefined
  const before = ends.get(ref)
  ends.set(ref, { op, seq })
  if (!before || (before.op === 'expire' && op === 'settle_late')) return undefined
  return `row ${seq}: ${op} of ${ref}, which ended with row ${before.seq}`
}

/** The charge is the cost, and the cost is what the row's counts and rates make. */
function checkSettlement({ seq, modelCost, fee, amount, shortfall, meta }: LedgerEntry): string | undefined {
  if (modelCost + fee !== amount + shortfall) return `row ${seq}: cost is not charge and shortfall`
  const fault = meta && checkCharge({ modelCost, fee }, meta)
  return fault && `row ${seq}: ${fault}`
}

function checkBalance(sums: Sums, { balance, pending }: AuditedAccount): string[] {
  const { available, held, spent, topups, seq } = balance
  const faults: string[] = []
  if (seq !== sums.seq) faults.push(`the account is at ${seq}, its ledger at ${sums.seq}`)
  if (available + held !== sums.unspent) faults.push(`unspent is ${available + held}, not ${sums.unspent}`)
  if (spent !== sums.spent) faults.push(`spent is ${spent}, not ${sums.spent}`)
  if (topups !== sums.topups) faults.push(`granted is ${topups}, not ${sums.topups}`)
  const sum = sumOf(pending)
  if (sum !== held) faults.push(`held is ${held}, pending holds sum to ${sum}`)
  return faults
}

function checkUsages(sums: Sums, { pending, usages }: AuditedAccount): string[] {
  const faults: string[] = []
  const holds = [...pending]
  for (const { id, spent, held, concurrency } of usages) {
    const own = holds.filter(({ limits }) => limits.includes(id))
    const inLedger = sums.spentOf.get(id) ?? 0n
    if (spent !== inLedger) faults.push(`the limits ${id} have spent ${spent}, not ${inLedger}`)
    if (held !== sumOf(own)) faults.push(`the limits ${id} hold ${held}, not ${sumOf(own)}`)
    if (concurrency !== own.length)
      faults.push(`the limits ${id} have ${concurrency} calls, not ${own.length}`)
  }
  const known = new Set(Array.from(usages, ({ id }) => id))
  for (const id of sums.spentOf.keys()) if (!known.has(id)) faults.push(`the limits ${id} are lost`)
  return faults
}

function checkGrants(sums: Sums, { grants }: AuditedAccount): string[] {
  const left = new Map(sums.grants.map(({ ref, remaining }) => [ref, remaining]))
  const faults: string[] = []
  for (const { ref, remaining } of grants) {
    const expected = left.get(ref) ?? 0n
    if (expected !== remaining) faults.push(`of the grant ${ref} ${remaining} are left, not ${expected}`)
    left.delete(ref)
  }
  for (const ref of left.keys()) faults.push(`the grant ${ref} is lost`)
  return faults
}

function sumOf(holds: Iterable<{ readonly amount: Nano }>): Nano {
  let sum = 0n
  for (const { amount } of holds) sum += amount
  return sum
}
