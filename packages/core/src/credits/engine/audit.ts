import type { Nano } from '../../billing/money.ts'
import type { AuditReport, Balance, LedgerEntry } from '../driver.ts'

/** What an account says of itself, to be held against its ledger. */
export interface AuditedAccount {
  readonly account: string
  readonly balance: Balance
  /** The sum of its pending holds. */
  readonly pending: Nano
}

interface Sums {
  unspent: Nano
  spent: Nano
  topups: Nano
  seq: number
}

/** What a row did to the sums. */
function apply(sums: Sums, { op, amount }: LedgerEntry): void {
  if (op === 'release' || op === 'expire') return
  if (op === 'settle' || op === 'settle_late') {
    sums.unspent -= amount
    sums.spent += amount
    return
  }
  const change = op === 'withdraw' || op === 'adjust_down' || op === 'expire_grant' ? -amount : amount
  sums.unspent += change
  sums.topups += change
}

/** Computes everything again from the rows and names what disagrees. */
export async function auditLedger(
  rows: AsyncIterable<LedgerEntry>,
  { account, balance, pending }: AuditedAccount,
): Promise<AuditReport> {
  const sums: Sums = { unspent: 0n, spent: 0n, topups: 0n, seq: 0 }
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
  const faults = checkBalance(sums, balance)
  if (pending !== balance.held) faults.push(`held is ${balance.held}, pending holds sum to ${pending}`)
  problems.push(...faults)
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
  if (row.op.startsWith('settle') && row.modelCost + row.fee !== row.amount + row.shortfall) {
    return `row ${row.seq}: cost is not charge and shortfall`
  }
  return isOff ? difference : undefined
}

function checkBalance(sums: Sums, balance: Balance): string[] {
  const { available, held, spent, topups, seq } = balance
  const faults: string[] = []
  if (seq !== sums.seq) faults.push(`the account is at ${seq}, its ledger at ${sums.seq}`)
  if (available + held !== sums.unspent) faults.push(`unspent is ${available + held}, not ${sums.unspent}`)
  if (spent !== sums.spent) faults.push(`spent is ${spent}, not ${sums.spent}`)
  if (topups !== sums.topups) faults.push(`granted is ${topups}, not ${sums.topups}`)
  return faults
}

/** The sum of an account's pending holds. */
export function sumPending(holds: Iterable<{ readonly amount: Nano }>): Nano {
  let sum = 0n
  for (const { amount } of holds) sum += amount
  return sum
}
