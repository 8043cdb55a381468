import { GatewayError } from '../../errors/gateway-error.ts'
import type { Logger } from '../../options/options.ts'
import type { AccountState, EngineRow } from '../engine/account-state.ts'
import type { Changes } from './ledger-records.ts'

/** Gathers what an engine does and writes it, one write at a time. */
export interface WriteBehind {
  /** The last write failed: what is in memory is not safe. */
  readonly isBroken: boolean
  append(row: EngineRow): void
  changed(account: AccountState): void
  /** Resolves once everything that has happened until now is written; rejects when it may not be. */
  written(): Promise<void>
  close(): Promise<void>
}

const retryMs = 200

/**
 * @param write May be repeated with what it could not write, and more.
 */
export function createWriteBehind(write: (changes: Changes) => Promise<void>, logger: Logger): WriteBehind {
  let rows: EngineRow[] = []
  let accounts = new Set<AccountState>()
  let running: Promise<void> | undefined
  let retry: NodeJS.Timeout | undefined
  let isBroken = false

  const fail = (cause: unknown, changes: { rows: EngineRow[]; accounts: Set<AccountState> }) => {
    if (!isBroken) logger.error({ error: cause }, 'Charges could not be written; new calls are refused.')
    isBroken = true
    rows = [...changes.rows, ...rows]
    for (const account of changes.accounts) accounts.add(account)
    retry = setTimeout(() => written().catch(() => {}), retryMs)
    throw new GatewayError({ code: 'store_unavailable', message: 'The store did not answer.', cause })
  }
  const run = async () => {
    clearTimeout(retry)
    const changes = { rows, accounts }
    rows = []
    accounts = new Set()
    try {
      if (changes.accounts.size > 0) await write(changes)
      isBroken = false
    } catch (cause) {
      fail(cause, changes)
    }
  }
  const start = () => {
    const current = run().finally(() => {
      if (running === current) running = undefined
    })
    running = current
    return current
  }
  /** What happened before a write under way began may be in it; what happened since needs the next one. */
  const written = async (): Promise<void> => {
    const before = running
    if (before) await before.catch(() => {})
    return accounts.size === 0 && !isBroken ? running : (running ?? start())
  }
  return {
    get isBroken() {
      return isBroken
    },
    append: (row) => void rows.push(row),
    changed: (account) => void accounts.add(account),
    written,
    async close() {
      try {
        await written()
      } finally {
        clearTimeout(retry)
      }
    },
  }
}
