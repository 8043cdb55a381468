/** Where a gateway keeps its records and its credits. */
export type StoreAddress =
  | { readonly kind: 'memory' }
  /** `file` is as the operator wrote it, relative to the working directory. */
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'redis' | 'postgres' | 'mysql'; readonly url: string }

/** Completes every message about a store that cannot be used. */
export const supportedStores =
  "Supported are 'sqlite:./tollgate.db', 'postgres://…', 'redis://…' (Valkey too), 'mysql://…' (MariaDB too), " +
  "'memory:', and a Keyv over a Map, createSqliteAdapter(), @keyv/postgres, @keyv/redis, @keyv/valkey or @keyv/mysql. " +
  'Any other Keyv needs the option singleWriter.'

/** A server's schemes; those that end in `s` are encrypted. */
const servers: Readonly<Record<string, 'redis' | 'postgres' | 'mysql'>> = {
  redis: 'redis',
  rediss: 'redis',
  valkey: 'redis',
  valkeys: 'redis',
  postgres: 'postgres',
  postgresql: 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
}

/**
 * Reads a store's address: `memory:`, `sqlite:` followed by a path (`sqlite://` is the same), or the URL of a
 * Postgres, Redis, Valkey, MySQL or MariaDB server.
 *
 * @throws Error that names what is supported. Of an unknown address it repeats the scheme alone, because
 * the rest may hold a password.
 * @example
 * parseStoreAddress('sqlite:./tollgate.db') // { kind: 'sqlite', file: './tollgate.db' }
 */
export function parseStoreAddress(address: string): StoreAddress {
  if (/^memory:(\/\/)?$/.test(address)) return { kind: 'memory' }
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(address)?.[1]
  if (file === ':memory:') throw new Error("The option store keeps records in memory as 'memory:'.")
  if (file !== undefined) return { kind: 'sqlite', file }
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address)?.[1]?.toLowerCase()
  const server = scheme === undefined ? undefined : servers[scheme]
  if (server) return readServer(server, address)
  const what = scheme ? `an address that begins with "${scheme}:"` : 'an address without a scheme'
  throw new Error(`The option store (TOLLGATE_STORE) is ${what}. ${supportedStores}`)
}

function readServer(kind: 'redis' | 'postgres' | 'mysql', url: string): StoreAddress {
  if (URL.canParse(url)) return { kind, url }
  throw new Error(
    `The option store (TOLLGATE_STORE) begins like the address of a ${kind} server, but is none.`,
  )
}
