import type { Registry } from './registry.ts'

/** What a look at one account did. */
export interface Look {
  /** Holds given back. */
  readonly given: number
  /** When it is due again; empty for not at all. */
  readonly again: string
  /** Rows that were written. */
  readonly rows: number
}

type LookAt = (account: string, most: number) => Promise<Look>

/**
 * Looks at accounts that are due, and at some of all the others, until `limit` holds have been given back. Resolves
 * to how many were. An account that fails keeps nobody else waiting.
 *
 * @throws What the first account that failed said, when all others have been looked at.
 */
export async function expireDue(registry: Registry, limit: number, look: LookAt): Promise<number> {
  const due = limit > 0 ? await registry.due(limit) : []
  const known = new Set(due.map(({ account }) => account))
  const others = limit > 0 ? (await registry.inTurn()).filter((account) => !known.has(account)) : []
  const failures: unknown[] = []
  let given = 0
  const attempt = async (account: string, tell: (seen: Look) => Promise<unknown> | undefined) => {
    if (given >= limit) return
    try {
      const seen = await look(account, limit - given)
      given += seen.given
      await tell(seen)
    } catch (error) {
      failures.push(error)
    }
  }
  for (const each of due) await attempt(each.account, (seen) => registry.looked(each, seen))
  for (const account of others) {
    await attempt(account, ({ again }) => (again === '' ? undefined : registry.isDueAt(account, again)))
  }
  if (failures.length > 0) throw failures[0]
  return given
}
