import type { Nano } from '../billing/money.ts'

/** Windows of UTC; weeks begin on Monday, and a lifetime never ends. */
export type SpendWindow = 'day' | 'week' | 'month' | 'lifetime'

/**
 * One set of limits, of an access key or of whoever else: it has counters of its own, which belong to the account of
 * the call. Each limit is a whole number of at least 0.
 */
export interface HoldLimits {
  readonly id: string
  /** Nano-dollars that may be spent within each window; may be more than any amount. */
  readonly spend?: { readonly [Window in SpendWindow]?: Nano | undefined }
  /** Requests per minute. */
  readonly rpm?: number
  /** Tokens per minute, counted by what the calls reserve. */
  readonly tpm?: number
  /** Calls at the same time. */
  readonly concurrency?: number
}

/** How many sets of limits a hold may have at most. */
export const mostLimits = 4

export interface HoldRequest {
  /** Chosen by the caller; starts with its creation time (see `call-id.ts`). */
  readonly id: string
  readonly account: string
  /** What is wanted. */
  readonly amount: Nano
  /** The least that will do, where less than `amount` will. @default amount */
  readonly minimum?: Nano
  /** Leaves something for others when less will do. @default as much of `amount` as there is */
  readonly share?: HoldShare
  /** A whole number above 0, at most 10^12. */
  readonly ttlMs: number
  /** All of them are kept, or nothing is taken. At most 4, with ids of their own. @default none */
  readonly limits?: readonly HoldLimits[]
  /** Reserved of the tokens per minute of each set. @default 0 */
  readonly tokens?: number
}

/** At most one part in `of` of what credits and limits on spending leave, but `atLeast` where that is more. */
export interface HoldShare {
  /** A whole number above 0. */
  readonly of: number
  readonly atLeast: Nano
}

export type HoldRefusal =
  /** Where `available` and `held` together would do, calls under way hold what is missing. */
  | 'insufficient'
  /** What is spent leaves too little of a limit: until its window ends. */
  | 'spend_limit'
  /** Calls under way hold what is missing of a limit on spending, and may give it back. */
  | 'spend_held'
  | 'rpm'
  | 'tpm'
  | 'concurrency'
  | 'id_conflict'
  | 'id_too_old'
  /** Only from `extend`: the hold is not pending (any more). */
  | 'not_pending'

/** Which limit refused. */
export interface RefusedLimit {
  /** Of its set. */
  readonly id: string
  /** Of limits on spending. */
  readonly window?: SpendWindow
}

export type HoldResult =
  | {
      readonly ok: true
      readonly replay: boolean
      /** What the hold reserves now, in all. */
      readonly amount: Nano
      readonly expiresAt: number
      readonly available: Nano
    }
  | {
      readonly ok: false
      /**
       * Of several that refuse, the one that must be waited for longest; of those that last alike, credits before
       * spending, spending before rates, earlier sets before later ones, and longer windows before shorter ones.
       */
      readonly reason: HoldRefusal
      readonly limit?: RefusedLimit
      /** Undefined where waiting does not help, and for credits. */
      readonly retryAfterMs?: number
      /** What the account has, so that an error can tell spent from held. */
      readonly available: Nano
      readonly held: Nano
    }

/** Names what the hold shall be, not what to add, so that repeating it changes nothing. */
export interface ExtendRequest {
  /** In all. A hold that reserves as much already stays as it is. */
  readonly toAmount?: Nano
  /** The least that will do, in all. @default toAmount */
  readonly minimum?: Nano
  /** From now on. */
  readonly ttlMs?: number
}

/** What a settlement row records beside its amounts: plain JSON, at most a million characters, kept as written. */
export type LedgerMeta = Readonly<Record<string, unknown>>

export interface SettleRequest {
  readonly id: string
  readonly account: string
  readonly modelCost: Nano
  readonly fee: Nano
  /** `extend` takes what is available beyond the hold, `cap` charges the hold at most. @default 'extend' */
  readonly overrun?: 'extend' | 'cap'
  readonly meta: LedgerMeta
}

export type SettleResult =
  | {
      readonly state: 'settled' | 'settled_late' | 'released'
      readonly replay: boolean
      readonly charged: Nano
      readonly shortfall: Nano
      readonly seq: number
    }
  | { readonly state: 'unknown' }

export interface CreditRequest {
  /** Unique per account: a repeat returns the first outcome. */
  readonly ref: string
  readonly account: string
  /** Positive. `kind` says whether it is added (topup, promotion, refund, adjust_up) or taken (withdraw, adjust_down). */
  readonly amount: Nano
  readonly kind: CreditKind
  readonly expiresAt?: number
  readonly meta?: LedgerMeta
}

export type CreditKind = 'topup' | 'promotion' | 'refund' | 'adjust_up' | 'adjust_down' | 'withdraw'

export interface CreditResult {
  readonly replay: boolean
  readonly available: Nano
  readonly seq: number
  /** What a debit could not take because it was not there. */
  readonly shortfall: Nano
}

export interface Balance {
  readonly available: Nano
  readonly held: Nano
  readonly spent: Nano
  readonly topups: Nano
  readonly seq: number
}

export interface LedgerEntry {
  readonly seq: number
  readonly account: string
  readonly op: CreditKind | 'settle' | 'settle_late' | 'release' | 'expire' | 'expire_grant'
  /** The hold id or the credit reference. */
  readonly ref: string
  /** What moved: charged, credited, or given back. */
  readonly amount: Nano
  readonly modelCost: Nano
  readonly fee: Nano
  readonly shortfall: Nano
  readonly availableAfter: Nano
  readonly heldAfter: Nano
  /** Milliseconds since the epoch, the store's clock. */
  readonly at: number
  /** Of credits that end: when. */
  readonly expiresAt?: number
  /** The id of the first set of limits that the call was counted in: the access key's, where that has limits. */
  readonly key?: string
  /** The ids of all further sets. */
  readonly otherLimits?: readonly string[]
  readonly meta?: LedgerMeta
}

/** What an audit of one account found: its balance computed again from the ledger, and every difference. */
export interface AuditReport {
  readonly account: string
  readonly ok: boolean
  readonly entries: number
  /** Sequence number of the first row that disagrees, and why. */
  readonly firstBadSeq?: number
  readonly problems: readonly string[]
}

/** A result at once from a store that has it, otherwise a promise of it. Failures are always rejections. */
export type Eventually<Result> = Result | Promise<Result>

/**
 * The port every store of money implements. Each method is one atomic step. Every method **rejects** with
 * `store_unavailable` when the outcome is unknown; the caller repeats with the same id. No default value is
 * ever returned on error, and nothing is thrown. The steps of a call may answer at once: a promise that has
 * nothing to wait for costs a call more than the step itself.
 *
 * What not every store could keep is refused by all of them, with `invalid_request` that names the member, and
 * changes nothing: ids, accounts and references are 1 to 1024 bytes of UTF-8 without zero characters and broken
 * surrogate pairs, amounts are bigints from 0 to 2^53-1, counts and times are whole numbers. `checkedDriver` sees
 * to it.
 */
export interface CreditDriver {
  readonly kind: string
  /** What an acknowledged settlement survives: a power cut, a short window of loss, or nothing. */
  readonly durability: 'sync' | 'window' | 'none'
  readonly multiProcess: boolean
  init(): Promise<void>
  /**
   * Names the ledger for as long as it exists, by whatever address it is reached. Asked after `init`.
   *
   * @default its `kind`
   */
  identity?(): Promise<string>
  hold(request: HoldRequest): Eventually<HoldResult>
  extend(id: string, account: string, request: ExtendRequest): Eventually<HoldResult>
  settle(request: SettleRequest): Eventually<SettleResult>
  release(id: string, account: string): Eventually<SettleResult>
  /**
   * A call goes on without this process, and whoever finds its end settles it: from now on its hold outlives the
   * process.
   *
   * @default every hold does
   */
  handOver?(id: string, account: string): Eventually<void>
  credit(request: CreditRequest): Promise<CreditResult>
  balance(account: string): Promise<Balance>
  /** Gives back expired pending holds, by the store's clock. Resolves to how many. */
  expire(limit: number): Promise<number>
  /**
   * In the order of their gapless numbers.
   *
   * @param toSeq The last row that is wanted; more may come.
   */
  ledger(account: string, fromSeq?: number, toSeq?: number): AsyncIterable<LedgerEntry>
  /**
   * The newest row that ended the call of that id, without reading the ledger for it.
   *
   * @default the ledger is searched near the time that the id begins with
   */
  find?(account: string, id: string): Promise<LedgerEntry | undefined>
  accounts(): AsyncIterable<string>
  audit(account: string): Promise<AuditReport>
  /**
   * Whether every charge that it was given outlives this process, acknowledged or not.
   *
   * @default false
   */
  keepsCharges?(): Promise<boolean>
  close(): Promise<void>
}
