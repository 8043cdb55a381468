/** What the store says of all calls of the one account, and whether it adds up. */
export interface LedgerFacts {
  /** Settled calls. */
  readonly charges: number
  /** Nano-dollars: the sum, and the least and the most that any of the calls was charged. */
  readonly total: bigint
  readonly least: bigint
  readonly most: bigint
  /** Nano-dollars that are still reserved. */
  readonly held: bigint
  /** Nano-dollars the grant and the charges should have left, and those that are there. */
  readonly expectedAvailable: bigint
  readonly available: bigint
  readonly auditOk: boolean
}
