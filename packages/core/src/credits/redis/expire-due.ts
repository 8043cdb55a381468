import type { DueAccount, Registry } from './registry.ts'

/** What a look at one account did. */
export interface Look {
  /** Holds given back. */
  readonly given: number
  /** When it is due again; empty for not at all. */
  readonly again: string
  /** Rows that were written. */
  readonly rows: number
}

/** Looks at accounts that are due until `limit` holds have been given back. Resolves to how many were. */
export async function expireDue(
  registry: Registry,
  limit: number,
  look: (due: DueAccount, most: number) => Promise<Look>,
): Promise<number> {
  let given = 0
  for (const due of limit > 0 ? await registry.due(limit) : []) {
    if (given >= limit) break
    const seen = await look(due, limit - given)
    given += seen.given
    await registry.looked(due, seen)
  }
  return given
}
