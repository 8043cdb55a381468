import type { Nano } from '../../billing/money.ts'
import { callIdTime } from '../call-id.ts'
import type { HoldLimits, HoldRequest, LedgerEntry, SpendWindow } from '../driver.ts'

/** A hold that nobody has settled, released or let expire. */
export interface PendingHold {
  readonly id: string
  readonly account: string
  /** What was asked for at first. */
  readonly asked: Nano
  /** Grows by extensions. */
  amount: Nano
  /** As they were when it was taken. */
  readonly limits: readonly HoldLimits[]
  /** Of each set: what counts the hold. */
  readonly usages: readonly LimitUsage[]
  /** The windows of spend that the hold counts in: those in which it was taken. */
  readonly windows: SpendWindows
  expiresAt: number
  readonly takenAt: number
}

/** Ids of the present windows, as days, Mondays and months since the epoch. */
export interface SpendWindows {
  readonly day: number
  readonly week: number
  readonly month: number
  readonly lifetime: 0
}

export interface WindowCounter {
  id: number
  spent: Nano
  held: Nano
}

/** What one set of limits has counted, an access key's for instance. */
export interface LimitUsage {
  readonly id: string
  readonly spend: Readonly<Record<SpendWindow, WindowCounter>>
  concurrency: number
  /** The minute that `requests` and `tokens` count. */
  minute: number
  requests: number
  tokens: number
  previousRequests: number
  previousTokens: number
}

/** Credits that end. What is spent is taken from those that end first. */
export interface ExpiringGrant {
  readonly ref: string
  /** Of its row: of grants that end together, the older one is spent first. */
  readonly seq: number
  readonly expiresAt: number
  remaining: Nano
}

/** Everything that decides about an account, in memory. */
export interface AccountState {
  readonly id: string
  available: Nano
  held: Nano
  spent: Nano
  /** What came in, less what was taken out by hand or expired. */
  topups: Nano
  seq: number
  readonly holds: Map<string, PendingHold>
  /** No pending hold ends before; most that did are over. */
  nextExpiry: number
  /** Of each set of limits, by its id. */
  readonly usages: Map<string, LimitUsage>
  /** The next to end first. */
  grants: ExpiringGrant[]
  /** The store has grants of this account that it must be told the end of. */
  grantsStored: boolean
}

/** A ledger row with what a repeat of its operation must be compared with. */
export interface EngineRow extends LedgerEntry {
  /** What the hold asked for at first, of rows that end one. */
  readonly asked: Nano
}

/** The row as a ledger shows it. */
export function withoutAsked({ asked: _, ...entry }: EngineRow): LedgerEntry {
  return entry
}

export type RowClass = 'call' | 'credit' | 'grant'

/** Which rows a reference is looked for among: a call's id and a payment's reference may be alike. */
export function classOf(op: LedgerEntry['op']): RowClass {
  if (op === 'expire_grant') return 'grant'
  return op === 'settle' || op === 'settle_late' || op === 'release' || op === 'expire' ? 'call' : 'credit'
}

/** When the call was made that a row has ended, by its id, in milliseconds since the epoch; 0 where that does not say. */
export function callMadeAt({ op, ref }: Pick<EngineRow, 'op' | 'ref'>): number {
  return (classOf(op) === 'call' ? callIdTime(ref) : undefined) ?? 0
}

/**
 * Where an engine keeps what it is not told again. All of it answers at once: an engine's step is atomic
 * because nothing in it waits.
 */
export interface EngineStore {
  /** Undefined for an account that never had a row. */
  load(account: string): AccountState | undefined
  /** The newest row of that reference. */
  findRow(account: string, ref: string, rowClass: RowClass): EngineRow | undefined
  append(row: EngineRow): void
  /** The account's sums or grants differ from what was last seen, and what the sets of limits of this row have spent. */
  changed(account: AccountState, row?: EngineRow): void
  /** The hold is over. */
  ended(hold: PendingHold): void
  /** The hold is new, larger, or lasts longer. */
  pending(hold: PendingHold): void
}

/** An account that has nothing. */
export function emptyAccount(id: string): AccountState {
  return {
    id,
    available: 0n,
    held: 0n,
    spent: 0n,
    topups: 0n,
    seq: 0,
    holds: new Map(),
    nextExpiry: Number.POSITIVE_INFINITY,
    usages: new Map(),
    grants: [],
    grantsStored: false,
  }
}

/** Lists a hold among those under way, or one that lasts longer or shorter than it did. */
export function keepHold(account: AccountState, hold: PendingHold): void {
  account.holds.set(hold.id, hold)
  account.nextExpiry = Math.min(account.nextExpiry, hold.expiresAt)
}

/** The parameters that a repeated hold must share with the first: limits may have been edited meanwhile. */
export function isSameHold(hold: PendingHold, { amount, limits = [] }: HoldRequest): boolean {
  return (
    hold.asked === amount &&
    hold.limits.length === limits.length &&
    hold.limits.every(({ id }, index) => id === limits[index]?.id)
  )
}

/** The same of a hold that is over. */
export function isSameRow({ asked, key, otherLimits = [] }: EngineRow, request: HoldRequest): boolean {
  const { amount, limits = [] } = request
  const [first, ...others] = limits
  return (
    asked === amount &&
    key === first?.id &&
    otherLimits.length === others.length &&
    otherLimits.every((id, index) => id === others[index]?.id)
  )
}
