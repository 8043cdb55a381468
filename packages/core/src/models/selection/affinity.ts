import { createRecentMap } from '../../memory/recent-map.ts'

/** Which candidate served each conversation last, so that it stays where its prompts are cached. */
export interface Affinity {
  /** The candidate's id; undefined when nobody served it, or too long ago. */
  recall(conversation: string): string | undefined
  /** Says who has served it now. */
  remember(conversation: string, candidate: string): void
}

export interface AffinityOptions {
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** Conversations at most; those that were served longest ago go first. @default 20_000 */
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
  const served = createRecentMap<Served>(size)
  return {
    recall(conversation) {
      const last = served.peek(conversation)
      if (last === undefined) return undefined
      if (now() < last.until) return last.candidate
      served.delete(conversation)
      return undefined
    },
    remember(conversation, candidate) {
      served.set(conversation, { candidate, until: now() + ttlMs })
    },
  }
}
