import type { KeyvStoreAdapter } from 'keyv'

/** How a write comes to be late: its sender hears nothing, or is told that it failed. */
export type Lateness = 'unanswered' | 'refused'

/** One process's connection to a storage that several share, of which chosen writes land when a test says so. */
export interface LateAdapter {
  readonly adapter: KeyvStoreAdapter
  /** The next write, and all until `heal`, are on their way. */
  delay(lateness: Lateness): void
  heal(): void
  /** How many are on their way. */
  readonly late: number
  /** Those on their way arrive. */
  land(): void
  /** Reads wait until what is returned is called. */
  slow(): () => void
  /** The process is gone: nothing more leaves it. */
  die(): void
}

export function createLateAdapter(values: Map<string, unknown>): LateAdapter {
  const onTheirWay: (() => void)[] = []
  let lateness: Lateness | undefined
  let isDead = false
  let readable: Promise<void> | undefined
  const write = async (step: () => void): Promise<true> => {
    if (isDead) throw new Error('The process is gone.')
    if (!lateness) {
      step()
      return true
    }
    onTheirWay.push(step)
    if (lateness === 'refused') throw new Error('The connection was cut.')
    return new Promise(() => {})
  }
  return {
    adapter: {
      opts: { dialect: 'sqlite' },
      get: async <Value>(key: string) => {
        await readable
        return values.get(key) as Value | undefined
      },
      set: (key: string, value: unknown) => write(() => void values.set(key, value)),
      delete: async (key: string) => {
        if (isDead) throw new Error('The process is gone.')
        return values.delete(key)
      },
      clear: async () => values.clear(),
      async *iterator<Value>() {
        for (const [key, value] of [...values]) yield [key, value as Awaited<Value>]
      },
      on() {
        return this
      },
    },
    delay: (how) => {
      lateness = how
    },
    heal: () => {
      lateness = undefined
    },
    get late() {
      return onTheirWay.length
    },
    land() {
      for (const step of onTheirWay.splice(0)) step()
    },
    slow() {
      const { promise, resolve } = Promise.withResolvers<void>()
      readable = promise
      return resolve
    },
    die: () => {
      isDead = true
    },
  }
}
