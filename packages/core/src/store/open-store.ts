import type { DatabaseSync } from 'node:sqlite'
import type { Keyv, KeyvStoreAdapter } from 'keyv'
import { recogniseKeyv } from './keyv-adapter.ts'
import { createMysqlAdapter } from './mysql/mysql-adapter.ts'
import type { MysqlServer } from './mysql/mysql-server.ts'
import { openMysql } from './mysql/open-mysql.ts'
import type { MysqlConnection } from './mysql/pool-options.ts'
import { createRecordsTable as createMysqlRecords } from './mysql/records-table.ts'
import { openPostgres } from './postgres/open-postgres.ts'
import type { PostgresConnection } from './postgres/pool-config.ts'
import { createPostgresAdapter } from './postgres/postgres-adapter.ts'
import type { PostgresServer } from './postgres/postgres-server.ts'
import { createRecordsTable } from './postgres/records-table.ts'
import { createPrefixedAdapter } from './prefixed-adapter.ts'
import { createRecordStore, type RecordStore } from './record-store.ts'
import { openRedis, type RedisPlace } from './redis/open-redis.ts'
import { createRedisAdapter } from './redis/redis-adapter.ts'
import type { RedisConnection } from './redis/redis-connection.ts'
import { createSqliteAdapter } from './sqlite-adapter.ts'
import { openRecordsDatabase, openRelaxedDatabase } from './sqlite-database.ts'
import { parseStoreAddress } from './store-address.ts'

/** Where access keys, provider keys and other records live. */
export type Store = Records & LedgerPlace

/** Named records of a store. */
export interface Records {
  /** Ask once for each namespace. */
  records<T extends object>(namespace: string, terms?: RecordTerms): RecordStore<T>
  /** Closes what was opened for this store; a client that we were given stays open. */
  close(): void | Promise<void>
}

export interface RecordTerms {
  /**
   * A power cut may take what was written last: worth it where calls wait for a file's sync, and nothing but
   * convenience is in the records. @default false
   */
  readonly isRelaxed?: boolean
}

/** What a driver of credits works on. */
export type LedgerPlace =
  | { readonly kind: 'memory' }
  /** `file` is as the operator wrote it. */
  | { readonly kind: 'sqlite'; readonly file: string }
  /** This process alone writes to it. */
  | { readonly kind: 'keyv'; readonly records: Records['records'] }
  /** Whoever opened the store closes the server. */
  | { readonly kind: 'postgres'; readonly server: PostgresServer }
  | { readonly kind: 'mysql'; readonly server: MysqlServer }
  /** Shared with the records, and closed with them. */
  | { readonly kind: 'redis'; readonly connection: RedisConnection }

export interface StoreOptions {
  /** Takes a Keyv over any storage, because no other process writes to it. @default false */
  readonly singleWriter?: boolean
}

/**
 * Opens the store that the operator named, and proves that a file can be written to. A server may be away for a
 * while: what is asked of it fails until it answers.
 *
 * @throws Error, at once, when the store is unknown, a file cannot be written to, or a package is missing.
 * @example
 * const store = openStore('sqlite:./tollgate.db')
 * const notes = store.records<{ text: string }>('notes')
 */
export function openStore(store: string | Keyv, { singleWriter = false }: StoreOptions = {}): Store {
  const known = typeof store === 'string' ? parseStoreAddress(store) : recogniseKeyv(store, singleWriter)
  if (known.kind === 'sqlite') return openSqlite(known.file)
  if (known.kind === 'memory') return openMemory((known as { map?: Map<string, unknown> }).map ?? new Map())
  if (known.kind === 'keyv') return openSingleWriter(known.adapter)
  if (known.kind === 'redis') return openRedisStore(known)
  const connection = 'url' in known ? known.url : known.connection
  return known.kind === 'postgres' ? openPostgresStore(connection) : openMysqlStore(connection)
}

function openSqlite(file: string): Store {
  const database = openRecordsDatabase(file)
  let relaxed: DatabaseSync | undefined
  return {
    kind: 'sqlite',
    file,
    records(namespace, { isRelaxed = false } = {}) {
      if (isRelaxed) relaxed ??= openRelaxedDatabase(file)
      const connection = isRelaxed ? relaxed : database
      const adapter = createSqliteAdapter({ file, namespace, ...(connection && { database: connection }) })
      return createRecordStore({ namespace, adapter })
    },
    close: () => {
      for (const each of [relaxed, database]) if (each?.isOpen) each.close()
    },
  }
}

function openSingleWriter(shared: KeyvStoreAdapter): Store {
  return {
    kind: 'keyv',
    records: (namespace) => {
      const adapter = createPrefixedAdapter(shared, `tollgate:${namespace}:`)
      return createRecordStore({ namespace, adapter })
    },
    close: () => {},
  }
}

/** Connects when it is first asked something: a server may come up later than its gateway. */
function openPostgresStore(connection: PostgresConnection): Store {
  const server = openPostgres({ connection })
  const query = createRecordsTable(server)
  return {
    kind: 'postgres',
    server,
    records: (namespace) =>
      createRecordStore({ namespace, adapter: createPostgresAdapter({ query, namespace }) }),
    close: server.close,
  }
}

/** As Postgres: it connects when it is first asked something. */
function openMysqlStore(connection: MysqlConnection): Store {
  const server = openMysql({ connection })
  const query = createMysqlRecords(server)
  return {
    kind: 'mysql',
    server,
    records: (namespace) =>
      createRecordStore({ namespace, adapter: createMysqlAdapter({ query, namespace }) }),
    close: server.close,
  }
}

function openRedisStore(place: RedisPlace): Store {
  const connection = openRedis(place)
  return {
    kind: 'redis',
    connection,
    records: (namespace) =>
      createRecordStore({ namespace, adapter: createRedisAdapter({ connection, namespace }) }),
    close: () => connection.close(),
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
