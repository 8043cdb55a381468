/** Which candidate served each conversation last, so that it stays where its prompts are cached. */
export interface Affinity {
  /** The candidate's id; undefined when nobody served it, or too long ago. */
  recall(conversation: string): string | undefined
  /** Says who has served it now. */
  remember(conversation: string, candidate: string): void
  /** Conversations that are remembered, forgotten ones included that nobody has asked for since. */
  readonly size: number
}

export interface AffinityOptions {
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** Conversations at most; the one that was served longest ago goes first. @default 20_000 */
  readonly size?: number
  /** How long one is remembered after it was served. @default 3_600_000 (an hour) */
  readonly ttlMs?: number
}

interface Served {
  readonly candidate: string
  readonly until: number
}

/**
 * A memory of conversations in this process.
 *
 * @example
 * const affinity = createAffinity()
 * affinity.remember('conversation-1', 'openai:gpt-4o')
 * affinity.recall('conversation-1') // 'openai:gpt-4o'
 */
export function createAffinity(options: AffinityOptions = {}): Affinity {
  const { now = Date.now, size = 20_000, ttlMs = 3_600_000 } = options
  /** In the order in which they were served. */
  const served = new Map<string, Served>()
  return {
    recall(conversation) {
      const last = served.get(conversation)
      if (last === undefined) return undefined
      if (now() < last.until) return last.candidate
      served.delete(conversation)
      return undefined
    },
    remember(conversation, candidate) {
      served.delete(conversation)
      if (served.size >= size) served.delete(served.keys().next().value as string)
      served.set(conversation, { candidate, until: now() + ttlMs })
    },
    get size() {
      return served.size
    },
  }
}
