/** Finds the newest row that ended the call `the_id`. What it is read into must be null before. */
export const newestRow = (columns: string, variables: string) => `
  SELECT ${columns} INTO ${variables} FROM tollgate_ledger
  WHERE ref = the_id AND account = the_account AND class = 'call'
  ORDER BY seq DESC LIMIT 1`

/** Expressions; columns of the account's row are as its change has left them. */
export interface RowContent {
  readonly class: "'call'" | "'credit'" | "'grant'"
  readonly op: string
  readonly ref: string
  readonly amount: string
  readonly asked?: string
  readonly key?: string
  readonly others?: string
  readonly modelCost?: string
  readonly fee?: string
  readonly shortfall?: string
  readonly expiresAt?: string
  readonly meta?: string
}

/**
 * Changes the sums of the locked account and writes the row of that change under its next number.
 *
 * @param change Assignments to columns of the account.
 */
export function appendRow(change: string, row: RowContent): string {
  const { asked = '0', key = 'NULL', others = 'NULL', modelCost = '0', fee = '0', shortfall = '0' } = row
  const { expiresAt = 'NULL', meta = 'NULL' } = row
  return `
  UPDATE tollgate_accounts SET ${change}, seq = seq + 1 WHERE id = the_account;
  INSERT INTO tollgate_ledger (
    account, seq, class, op, ref, amount, model_cost, fee, shortfall, asked,
    available_after, held_after, at, expires_at, key_id, other_limits, meta
  )
  SELECT id, seq, ${row.class}, ${row.op}, ${row.ref}, ${row.amount}, ${modelCost}, ${fee}, ${shortfall}, ${asked},
    available, held, the_moment, ${expiresAt}, ${key}, ${others}, ${meta}
  FROM tollgate_accounts WHERE id = the_account`
}
