import { Keyv } from 'keyv'
import { GatewayError } from '../errors/gateway-error.ts'
import { alterText, type RecordStorage, replaceableTexts } from './alter-record.ts'
import { takeTurns } from './take-turns.ts'
import { withTimeout } from './with-timeout.ts'

/**
 * Records of one kind by id. A miss is `undefined` and nothing else is: whatever is not a clear answer
 * rejects with `store_unavailable`, so that a dead store never looks like an unknown access key.
 */
export interface RecordStore<T extends object> {
  get(id: string): Promise<T | undefined>
  /** In the order of the ids: one question where the store takes many. */
  getMany(ids: readonly string[]): Promise<readonly (T | undefined)[]>
  put(id: string, value: T): Promise<void>
  /** One transaction where the store has them. */
  putMany(entries: Iterable<readonly [id: string, value: T]>): Promise<void>
  /** Refuses an id that is there already. */
  create(id: string, value: T): Promise<void>
  /**
   * Reads, changes and writes back as one step, also between processes: where another one writes meanwhile, `change`
   * is asked again with what that one wrote. What it throws is passed on, and what it returns is written; undefined
   * leaves the record as it is. Resolves to what was returned last.
   */
  alter<Next extends T | undefined>(id: string, change: (current: T | undefined) => Next): Promise<Next>
  /** Resolves to whether there was something to delete. */
  delete(id: string): Promise<boolean>
  list(): AsyncIterable<readonly [id: string, value: T]>
}

export interface RecordStoreOptions {
  readonly namespace: string
  /**
   * A Map or a Keyv storage adapter, used by no other namespace. One that cannot compare and set must have no other
   * writer.
   */
  readonly adapter: RecordStorage
  /** Milliseconds for each call. @default 2000 */
  readonly timeoutMs?: number
}

/**
 * The strict wrapper around Keyv. Keyv on its own may turn a failed read into a miss and a failed write
 * into `false`; records are never given a time to live, because Keyv deletes by the reader's clock.
 *
 * @example
 * const notes = createRecordStore<{ text: string }>({ namespace: 'notes', adapter: new Map() })
 */
export function createRecordStore<T extends object>(options: RecordStoreOptions): RecordStore<T> {
  const { namespace, adapter, timeoutMs = 2000 } = options
  const keyv = new Keyv({
    store: adapter,
    namespace,
    useKeyPrefix: false,
    throwOnErrors: true,
    serialize: JSON.stringify,
    deserialize: JSON.parse,
  })
  const ask = async <Answer>(question: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await withTimeout(question(), timeoutMs)
    } catch (cause) {
      throw storeUnavailable(cause)
    }
  }
  const confirm = (written: unknown) => {
    if (written !== true) throw storeUnavailable(new Error(`A write to "${namespace}" was not confirmed.`))
  }

  const read = (raw: unknown) =>
    raw === undefined ? undefined : asRecord<T>((raw as { value?: unknown } | null)?.value)
  const get = async (id: string) => read(await ask(() => keyv.getRaw(id)))
  // Where the storage has no such question Keyv asks for each, and takes what fails for a miss.
  const takesMany = 'getMany' in adapter && typeof adapter.getMany === 'function'
  const write = async (id: string, value: T) => confirm(await ask(() => keyv.set(id, value)))
  const texts = replaceableTexts(adapter)
  const turns = takeTurns()
  /** Where the storage cannot compare and set, nobody writes while a record is being altered. */
  const inTurn: typeof turns = texts ? (_, work) => work() : turns

  const alter = async <Next extends T | undefined>(
    id: string,
    change: (current: T | undefined) => Next,
  ): Promise<Next> => {
    if (!texts) {
      return inTurn(id, async () => {
        const next = change(await get(id))
        if (next !== undefined) await write(id, next)
        return next
      })
    }
    const outcome: { next?: Next; thrown?: unknown } = {}
    const decide = (current: unknown) => {
      const record = current === undefined ? undefined : readText<T>(current)
      try {
        outcome.next = change(record)
      } catch (thrown) {
        outcome.thrown = thrown
        return undefined
      }
      return outcome.next === undefined ? undefined : writeText(outcome.next)
    }
    // In turn, so that only other processes come in between.
    await turns(id, () => ask(() => alterText(texts, id, decide)))
    if ('thrown' in outcome) throw outcome.thrown
    return outcome.next as Next
  }
  return {
    get,
    getMany: async (ids) => {
      if (!takesMany) return Promise.all(ids.map(get))
      const found: unknown[] = await ask(() => keyv.getManyRaw([...ids]))
      if (found.length === ids.length) return found.map(read)
      throw storeUnavailable(new Error(`Not every record of "${namespace}" was answered for.`))
    },
    put: (id, value) => inTurn(id, () => write(id, value)),
    alter,
    putMany: async (entries) => {
      const all = Array.from(entries, ([key, value]) => ({ key, value }))
      const answers: unknown = await ask(() => keyv.setMany(all))
      // An adapter that has a transaction of its own answers nothing at all.
      if (Array.isArray(answers)) for (const written of answers) confirm(written)
    },
    create: async (id, value) => {
      await alter(id, (current) => {
        if (current === undefined) return value
        throw new GatewayError({ code: 'invalid_request', message: `"${id}" exists already.`, param: 'id' })
      })
    },
    delete: (id) => inTurn(id, () => ask(() => keyv.delete(id))),
    list: async function* () {
      const entries: AsyncIterator<[string, unknown], void> | undefined = keyv.iterator?.(undefined)
      if (!entries) throw storeUnavailable(new Error(`"${namespace}" cannot be listed.`))
      for (;;) {
        const next = await ask(() => entries.next())
        if (next.done) return
        yield [next.value[0], asRecord<T>(next.value[1])]
      }
    },
  }
}

/** As Keyv writes it. */
function writeText(value: object): string {
  return JSON.stringify({ value })
}

function readText<T>(text: unknown): T {
  if (typeof text !== 'string') throw new Error('A stored record is not text.')
  return asRecord<T>((JSON.parse(text) as { value?: unknown } | null)?.value)
}

/** Text that parses but is no record was written by somebody else, or damaged. */
function asRecord<T>(value: unknown): T {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T
  throw storeUnavailable(new Error('A stored record is not an object.'))
}

function storeUnavailable(cause: unknown): GatewayError {
  if (GatewayError.isInstance(cause)) return cause
  return new GatewayError({ code: 'store_unavailable', message: 'The store did not answer.', cause })
}
