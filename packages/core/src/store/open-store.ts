import type { Keyv } from 'keyv'
import { type KnownAdapter, recogniseKeyv } from './keyv-adapter.ts'
import { createRecordStore, type RecordStore } from './record-store.ts'
import { createSqliteAdapter } from './sqlite-adapter.ts'
import { openRecordsDatabase } from './sqlite-database.ts'
import { parseStoreAddress } from './store-address.ts'

/** Where access keys, provider keys and other records live. */
export interface Store {
  readonly kind: 'memory' | 'sqlite'
  /** Of a SQLite store, as the operator wrote it. */
  readonly file?: string
  /** Ask once for each namespace. */
  records<T extends object>(namespace: string): RecordStore<T>
  close(): void
}

/**
 * Opens the store that the operator named, and proves that it can be written to.
 *
 * @throws Error, at once, when the store is unknown or cannot be written to.
 * @example
 * const store = openStore('sqlite:./tollgate.db')
 * const notes = store.records<{ text: string }>('notes')
 */
export function openStore(store: string | Keyv): Store {
  const known: KnownAdapter = typeof store === 'string' ? fromAddress(store) : recogniseKeyv(store)
  return known.kind === 'sqlite' ? openSqlite(known.file) : openMemory(known.map)
}

function fromAddress(text: string): KnownAdapter {
  const address = parseStoreAddress(text)
  return address.kind === 'memory' ? { kind: 'memory', map: new Map() } : address
}

function openSqlite(file: string): Store {
  const database = openRecordsDatabase(file)
  return {
    kind: 'sqlite',
    file,
    records: (namespace) =>
      createRecordStore({ namespace, adapter: createSqliteAdapter({ file, namespace, database }) }),
    close: () => {
      if (database.isOpen) database.close()
    },
  }
}

/** Each namespace is a Map within the map, so two gateways over one Keyv see the same records. */
function openMemory(map: Map<string, unknown>): Store {
  return {
    kind: 'memory',
    records: (namespace) => {
      const name = `tollgate:${namespace}`
      const adapter = map.get(name) ?? new Map()
      map.set(name, adapter)
      return createRecordStore({ namespace, adapter: adapter as Map<string, unknown> })
    },
    close: () => {},
  }
}
