import { Keyv, type KeyvStoreAdapter } from 'keyv'
import { GatewayError } from '../errors/gateway-error.ts'
import { withTimeout } from './with-timeout.ts'

/**
 * Records of one kind by id. A miss is `undefined` and nothing else is: whatever is not a clear answer
 * rejects with `store_unavailable`, so that a dead store never looks like an unknown access key.
 */
export interface RecordStore<T extends object> {
  get(id: string): Promise<T | undefined>
  put(id: string, value: T): Promise<void>
  /** One transaction where the store has them. */
  putMany(entries: Iterable<readonly [id: string, value: T]>): Promise<void>
  /** Refuses an id that is there already. */
  create(id: string, value: T): Promise<void>
  /** Resolves to whether there was something to delete. */
  delete(id: string): Promise<boolean>
  list(): AsyncIterable<readonly [id: string, value: T]>
}

export interface RecordStoreOptions {
  readonly namespace: string
  /** A Map or a Keyv storage adapter, used by no other namespace. */
  readonly adapter: KeyvStoreAdapter | Map<string, unknown>
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

  const get = async (id: string) => {
    const raw: unknown = await ask(() => keyv.getRaw(id))
    return raw === undefined ? undefined : asRecord<T>((raw as { value?: unknown }).value)
  }
  const put = async (id: string, value: T) => confirm(await ask(() => keyv.set(id, value)))
  return {
    get,
    put,
    putMany: async (entries) => {
      const all = Array.from(entries, ([key, value]) => ({ key, value }))
      const answers: unknown = await ask(() => keyv.setMany(all))
      // An adapter that has a transaction of its own answers nothing at all.
      if (Array.isArray(answers)) for (const written of answers) confirm(written)
    },
    create: async (id, value) => {
      if ((await get(id)) !== undefined) {
        throw new GatewayError({ code: 'invalid_request', message: `"${id}" exists already.`, param: 'id' })
      }
      await put(id, value)
    },
    delete: (id) => ask(() => keyv.delete(id)),
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

/** Text that parses but is no record was written by somebody else, or damaged. */
function asRecord<T>(value: unknown): T {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T
  throw storeUnavailable(new Error('A stored record is not an object.'))
}

function storeUnavailable(cause: unknown): GatewayError {
  if (GatewayError.isInstance(cause)) return cause
  return new GatewayError({ code: 'store_unavailable', message: 'The store did not answer.', cause })
}
