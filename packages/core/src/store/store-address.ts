/** Where records are kept. `file` is as the operator wrote it, relative to the working directory. */
export type StoreAddress = { readonly kind: 'memory' } | { readonly kind: 'sqlite'; readonly file: string }

/** Completes every message about a store that cannot be used. */
export const supportedStores =
  "Supported are 'sqlite:./tollgate.db', 'memory:', and a Keyv over a Map or over createSqliteAdapter(). " +
  'Redis and Postgres drivers are not in this release.'

/**
 * Reads a store's address: `memory:`, or `sqlite:` followed by a path (`sqlite://` is the same).
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
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(address)?.[0]
  const what = scheme ? `an address that begins with "${scheme}"` : 'an address without a scheme'
  throw new Error(`The option store (TOLLGATE_STORE) is ${what}. ${supportedStores}`)
}
