/** What a connection keeps of its conversation, and can do without. */
export interface Keeper {
  /** Whoever goes on sends all of it again. */
  forget(): void
}

/** The conversations that open connections keep, so that no account fills the memory of the host with them. */
export interface KeptConversations {
  /** An account's connection keeps so many characters now; those used longest ago forget theirs where all are too many. */
  keep(account: string, keeper: Keeper, length: number): void
  /** The connection is closed. */
  drop(account: string, keeper: Keeper): void
}

/** The one used longest ago first. */
type Kept = Map<Keeper, number>

/**
 * @param most Characters of all conversations of an account, of which one may have as many.
 *
 * @example
 * const conversations = createKeptConversations(4 * bodyBytes)
 * conversations.keep('acme', memory, 48_000)
 */
export function createKeptConversations(most: number): KeptConversations {
  const accounts = new Map<string, Kept>()
  return {
    keep(account, keeper, length) {
      const kept: Kept = accounts.get(account) ?? new Map()
      accounts.set(account, kept)
      kept.delete(keeper)
      kept.set(keeper, length)
      let total = 0
      for (const each of kept.values()) total += each
      for (const [oldest, its] of kept) {
        if (total <= most || oldest === keeper) return
        kept.delete(oldest)
        oldest.forget()
        total -= its
      }
    },
    drop(account, keeper) {
      const kept = accounts.get(account)
      if (kept?.delete(keeper) && kept.size === 0) accounts.delete(account)
    },
  }
}
