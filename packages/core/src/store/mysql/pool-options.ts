import type { PoolOptions } from 'mysql2/promise'

/** What an adapter of Keyv is given beside the options of the pool. */
const adapterOptions = new Set([
  ...['adapter', 'compression', 'connect', 'dialect', 'keySize', 'table', 'ttl', 'namespace'],
  ...['serialize', 'deserialize', 'intervalExpiration', 'iterationLimit'],
])

/** A server's address, or the options of an adapter that was made for it. */
export type MysqlConnection = string | Readonly<Record<string, unknown>>

/** Each call has one while its transaction runs; the server syncs those that commit together at once. */
const connections = 8

interface TextField {
  string(encoding: 'utf8'): string | null
}

/** Everything arrives as text: an amount is never a float, and an identifier is bytes to the server. */
const asText = (field: TextField) => field.string('utf8')

/** How the pool connects. */
export function poolOptions(connection: MysqlConnection, timeoutMs: number): PoolOptions {
  const own = typeof connection === 'string' ? { uri: connection } : fromAdapter(connection)
  return {
    connectionLimit: connections,
    ...own,
    charset: 'utf8mb4',
    connectTimeout: timeoutMs,
    enableKeepAlive: true,
    multipleStatements: false,
    // Rows are looked into by the names of their columns, whatever an application wants for itself.
    rowsAsArray: false,
    nestTables: false,
    namedPlaceholders: false,
    // A value is one value, whatever it is: an object never becomes a list of assignments.
    stringifyObjects: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    typeCast: asText as NonNullable<PoolOptions['typeCast']>,
  }
}

function fromAdapter(options: Readonly<Record<string, unknown>>): PoolOptions {
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !adapterOptions.has(name)))
  // As the adapter reads it: in its address, what begins a fragment elsewhere is part of a password.
  return typeof own.uri === 'string' ? { ...own, uri: own.uri.replaceAll('#', '%23') } : own
}
