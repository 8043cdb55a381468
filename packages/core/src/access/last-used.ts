import type { Logger } from '../options/options.ts'
import { collect } from '../store/collect.ts'
import type { RecordStore } from '../store/record-store.ts'
import type { Moment } from './access-key.ts'

/** When each access key was last used: kept in memory, written now and then, and never to the key's record. */
export interface LastUsed {
  mark(id: string, at: number): void
  get(id: string): Promise<Moment | undefined>
  all(): Promise<ReadonlyMap<string, Moment>>
  /** Writes what is new. A failure is logged and what failed is written the next time. */
  flush(): Promise<void>
  close(): Promise<void>
}

export interface LastUsedOptions {
  readonly records: RecordStore<Moment>
  readonly logger: Logger
  /** Milliseconds between writes. @default 10_000 */
  readonly everyMs?: number
}

export function createLastUsed({ records, logger, everyMs = 10_000 }: LastUsedOptions): LastUsed {
  let unwritten = new Map<string, number>()
  let writing = Promise.resolve()

  const write = async () => {
    const batch = unwritten
    if (batch.size === 0) return
    unwritten = new Map()
    try {
      await records.putMany(Array.from(batch, ([id, at]) => [id, { at }] as const))
    } catch (error) {
      unwritten = new Map([...batch, ...unwritten])
      logger.warn({ error }, 'The last use of access keys could not be written.')
    }
  }
  const flush = () => {
    writing = writing.then(write)
    return writing
  }
  const timer = setInterval(flush, everyMs).unref()

  return {
    mark: (id, at) => unwritten.set(id, at),
    get: async (id) => {
      const at = unwritten.get(id)
      return at === undefined ? records.get(id) : { at }
    },
    all: async () => {
      const written = await collect(records.list())
      return new Map([...written, ...Array.from(unwritten, ([id, at]) => [id, { at }] as const)])
    },
    flush,
    close: () => {
      clearInterval(timer)
      return flush()
    },
  }
}
