import { collect } from '../store/collect.ts'
import type { RecordStore } from '../store/record-store.ts'
import type { ProviderKeyRecord } from './provider-key.ts'

/** Which keys an account has, so that nobody has to look through those of all accounts. */
export interface ProviderKeyIndex {
  readonly keys: readonly IndexedKey[]
}

export interface IndexedKey {
  readonly id: string
  readonly provider: string
  /** When it was written here; milliseconds since the epoch. */
  readonly at: number
}

export interface ProviderKeyStoreOptions {
  /** By the key's id. */
  readonly records: RecordStore<ProviderKeyRecord>
  /** By account. */
  readonly index: RecordStore<ProviderKeyIndex>
  readonly now: () => number
}

/** Provider keys by id and by account. */
export interface ProviderKeyStore {
  get(id: string): Promise<ProviderKeyRecord | undefined>
  add(record: ProviderKeyRecord): Promise<void>
  /** @see RecordStore.alter */
  alter: RecordStore<ProviderKeyRecord>['alter']
  /** Resolves to whether it was there. */
  remove(record: Pick<ProviderKeyRecord, 'id' | 'account'>): Promise<boolean>
  indexOf(account: string): Promise<readonly IndexedKey[]>
  /** In the order of creation; those that are not there are left out. */
  read(ids: readonly string[]): Promise<ProviderKeyRecord[]>
  /** In the order of creation. */
  all(): Promise<ProviderKeyRecord[]>
  /** Writes into the index what it lacks of a key that is there. */
  reindex(record: ProviderKeyRecord): Promise<void>
}

/** Longer than a store is given for the two writes of a new key. */
const settledMs = 60_000

/**
 * Two records for each key, one of them shared by all keys of its account. The index is written first and shortened
 * last: a process that dies in between leaves an entry without a key, which nobody misses and the next new key of the
 * account sweeps away, and never a key that is not found.
 */
export function createProviderKeyStore({ records, index, now }: ProviderKeyStoreOptions): ProviderKeyStore {
  const indexOf = async (account: string) => (await index.get(account))?.keys ?? []
  const read = async (ids: readonly string[]) => {
    const found = await Promise.all(ids.map((id) => records.get(id)))
    return found.filter((record) => record !== undefined).sort(byCreation)
  }
  /** What others are just creating is not there yet either. */
  const danglingOf = async (account: string): Promise<ReadonlySet<string>> => {
    const old = (await indexOf(account)).filter(({ at }) => at + settledMs <= now()).map(({ id }) => id)
    const present = new Set((await read(old)).map(({ id }) => id))
    return new Set(old.filter((id) => !present.has(id)))
  }
  const enter = async ({ id, account, provider }: ProviderKeyRecord, gone: ReadonlySet<string>) => {
    await index.alter(account, (current = { keys: [] }) => {
      const left = current.keys.filter((key) => key.id !== id && !gone.has(key.id))
      return { keys: [...left, { id, provider, at: now() }] }
    })
  }
  const leave = async (account: string, id: string) => {
    await index.alter(account, (current) =>
      current?.keys.some((key) => key.id === id)
        ? { keys: current.keys.filter((key) => key.id !== id) }
        : undefined,
    )
  }

  return {
    get: records.get,
    alter: records.alter,
    add: async (record) => {
      await enter(record, await danglingOf(record.account))
      await records.create(record.id, record)
    },
    remove: async ({ id, account }) => {
      const wasThere = await records.delete(id)
      await leave(account, id)
      return wasThere
    },
    indexOf,
    read,
    all: async () => (await collect(records.list())).map(([, record]) => record).sort(byCreation),
    reindex: async (record) => {
      const isEntered = (await indexOf(record.account)).some(({ id }) => id === record.id)
      if (!isEntered) await enter(record, new Set())
    },
  }
}

function byCreation(left: ProviderKeyRecord, right: ProviderKeyRecord): number {
  return left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1)
}
