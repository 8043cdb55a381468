/** So many are kept: each line of a log is searched for all of them. */
const mostKept = 200

/** Secrets that were used lately, in memory alone. */
export interface RecentSecrets {
  /** Returns the secret. */
  add(secret: string): string
  values(): Iterable<string>
}

/**
 * Remembers the secrets that were used last.
 *
 * @example
 * const value = recent.add(await box.open(sealed, context))
 */
export function createRecentSecrets(): RecentSecrets {
  const kept = new Set<string>()
  return {
    add(secret) {
      kept.delete(secret)
      kept.add(secret)
      const [oldest = secret] = kept
      if (kept.size > mostKept) kept.delete(oldest)
      return secret
    },
    values: () => kept.values(),
  }
}
