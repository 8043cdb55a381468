import { beforeAll, describe, expect, test } from 'vitest'
import { collect } from '../../store/collect.ts'
import type { LedgerEntry } from '../driver.ts'
import { createMemoryCreditDriver } from '../memory-driver.ts'
import { type AuditedAccount, auditLedger } from './audit.ts'

const account = 'acme'
const limits = [{ id: 'key' }, { id: 'account' }]

/** One of each row, a hold that is pending, and a grant of which something is left. */
async function liveOnce(): Promise<{ rows: LedgerEntry[]; audited: AuditedAccount }> {
  const clock = { now: Date.now() }
  const driver = createMemoryCreditDriver({ now: () => clock.now })
  const hold = (id: string) => driver.hold({ id, account, amount: 100n, ttlMs: 1000, limits })
  const settle = (id: string) => driver.settle({ id, account, modelCost: 30n, fee: 10n, meta: {} })
  const credit = (ref: string, kind: 'topup' | 'withdraw', ends?: number) =>
    driver.credit({ ref, account, kind, amount: 500n, ...(ends && { expiresAt: clock.now + ends }) })
  await credit('first', 'topup')
  await credit('short', 'topup', 500)
  await hold('settled')
  await settle('settled')
  await hold('late')
  await hold('released')
  await driver.release('released', account)
  clock.now += 1000
  await driver.expire(10)
  await settle('late')
  await credit('long', 'topup', 1_000_000)
  await credit('dispute', 'withdraw')
  await credit('kept', 'topup', 1_000_000)
  await hold('pending')
  const grants = [{ ref: 'kept', remaining: 500n }]
  const pending = [{ amount: 100n, limits: ['key', 'account'] }]
  const usages = limits.map(({ id }) => ({ id, spent: 80n, held: 100n, concurrency: 1 }))
  const balance = await driver.balance(account)
  return {
    rows: await collect(driver.ledger(account)),
    audited: { account, balance, pending, usages, grants },
  }
}

async function* inTurn(rows: readonly LedgerEntry[]) {
  yield* rows
}

describe('an audit', () => {
  let rows: LedgerEntry[]
  let audited: AuditedAccount
  beforeAll(async () => {
    ;({ rows, audited } = await liveOnce())
  })
  const auditOf = (changed: readonly LedgerEntry[], state: Partial<AuditedAccount> = {}) =>
    auditLedger(inTurn(changed), { ...audited, ...state })

  test('finds nothing where nothing is wrong', async () => {
    expect(await auditOf(rows)).toEqual({ account, ok: true, entries: rows.length, problems: [] })
    expect(new Set(rows.map(({ op }) => op)).size).toBe(7)
  })

  test('finds every row that is missing, and every row that is there twice', async () => {
    for (const [index, row] of rows.entries()) {
      const without = await auditOf(rows.toSpliced(index, 1))
      expect(without.ok).toBe(false)
      const twice = await auditOf(rows.toSpliced(index, 0, row))
      expect([twice.ok, twice.firstBadSeq]).toEqual([false, row.seq])
    }
  })

  test('finds a call that ended twice, though every sum is right', async () => {
    const last = rows.at(-1) as LedgerEntry
    const charged = rows.find(({ op }) => op === 'settle') as LedgerEntry
    const { balance } = audited
    const seq = last.seq + 1
    for (const [op, amount] of [
      ['settle_late', 40n],
      ['settle', 40n],
      ['expire', 0n],
    ] as const) {
      const availableAfter = balance.available - amount
      const again = { ...charged, op, amount, seq, availableAfter, heldAfter: balance.held }
      const report = await auditOf([...rows, again], {
        balance: { ...balance, seq, available: availableAfter, spent: balance.spent + amount },
        usages: [...audited.usages].map((usage) => ({ ...usage, spent: usage.spent + amount })),
        grants: [{ ref: 'kept', remaining: 500n - amount }],
      })
      expect(report.problems).toEqual([`row ${seq}: ${op} of settled, which ended with row ${charged.seq}`])
    }
  })

  test('finds every amount that was changed afterwards, and names its row', async () => {
    const names = ['amount', 'availableAfter', 'heldAfter', 'modelCost', 'fee', 'shortfall'] as const
    for (const [index, row] of rows.entries()) {
      for (const name of names) {
        const isCost = name === 'modelCost' || name === 'fee' || name === 'shortfall'
        const isGiven = row.op === 'release' || row.op === 'expire'
        if ((isCost && !row.op.startsWith('settle')) || (name === 'amount' && isGiven)) continue
        const report = await auditOf(rows.with(index, { ...row, [name]: row[name] + 1n }))
        expect([row.op, name, report.ok, report.firstBadSeq]).toEqual([row.op, name, false, row.seq])
      }
    }
  })

  test('finds a balance below zero, though its sum is right', async () => {
    const last = rows.length - 1
    const row = rows[last] as LedgerEntry
    const moved = { ...row, availableAfter: -1n, heldAfter: row.heldAfter + row.availableAfter + 1n }
    expect((await auditOf(rows.with(last, moved))).problems).toEqual([`row ${row.seq}: a balance below zero`])
  })

  test('finds every sum of the account that is off', async () => {
    for (const name of ['available', 'held', 'spent', 'topups'] as const) {
      const balance = { ...audited.balance, [name]: audited.balance[name] + 1n }
      expect([name, (await auditOf(rows, { balance })).ok]).toEqual([name, false])
    }
    const balance = { ...audited.balance, seq: audited.balance.seq + 1 }
    expect((await auditOf(rows, { balance })).ok).toBe(false)
  })

  test('finds a hold that leaked: the account holds more or less than its pending holds', async () => {
    expect((await auditOf(rows, { pending: [] })).ok).toBe(false)
    const twice = [...audited.pending, ...audited.pending]
    expect((await auditOf(rows, { pending: twice })).ok).toBe(false)
  })

  test('finds a set of limits whose spending, holds or slots drifted, or that is lost', async () => {
    const usages = [...audited.usages]
    for (const [index, usage] of usages.entries()) {
      for (const change of [{ spent: 79n }, { held: 0n }, { concurrency: 2 }]) {
        const report = await auditOf(rows, { usages: usages.with(index, { ...usage, ...change }) })
        expect(report.problems).toHaveLength(1)
      }
      expect((await auditOf(rows, { usages: usages.toSpliced(index, 1) })).problems).toEqual([
        `the limits ${usage.id} are lost`,
      ])
    }
  })

  test('finds a grant that is lost, that lasts on, or of which something else is left', async () => {
    const wrong = [
      [],
      [{ ref: 'kept', remaining: 499n }],
      [
        { ref: 'kept', remaining: 500n },
        { ref: 'short', remaining: 1n },
      ],
    ]
    for (const grants of wrong) expect((await auditOf(rows, { grants })).problems).toHaveLength(1)
  })
})
