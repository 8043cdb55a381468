/**
 * A client for one life: it connects once and never again, queues nothing while it is away, and fails what is
 * under way when it dies.
 */
export interface RedisLine {
  readonly ready: Promise<unknown>
  /** To the server that `key` belongs to. Rejects with the server's own words, or with what became of the way. */
  send(key: string, command: readonly string[]): Promise<unknown>
  destroy(): void
}

/** Begins a new life; `end` is called when it is over, perhaps more than once. */
export type DialRedis = (end: () => void) => RedisLine
