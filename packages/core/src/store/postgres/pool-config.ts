import type { PoolConfig } from 'pg'

/** What an adapter of Keyv is given beside the options of the pool. */
const adapterOptions = new Set([
  ...['dialect', 'uri', 'table', 'schema', 'keySize', 'namespace', 'useUnloggedTable', 'iterationLimit'],
])

/** A server's address, or the options of an adapter that was made for it. */
export type PostgresConnection = string | Readonly<Record<string, unknown>>

/** One for the steps of calls, the others for everything else. */
const connections = 4
/** A new connection has everything to learn again, so an idle one is kept. */
const idleMs = 300_000

/** Everything arrives as text: an application may have told the package to read numbers as it likes. */
const asText = { getTypeParser: () => String }

/** How the pool connects. */
export function poolConfig(connection: PostgresConnection, timeoutMs: number): PoolConfig {
  const own = typeof connection === 'string' ? { connectionString: connection } : fromAdapter(connection)
  return {
    application_name: 'tollgate',
    max: connections,
    idleTimeoutMillis: idleMs,
    ...own,
    keepAlive: true,
    allowExitOnIdle: true,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    types: asText as NonNullable<PoolConfig['types']>,
  }
}

function fromAdapter(options: Readonly<Record<string, unknown>>): PoolConfig {
  const own = Object.entries(options).filter(([name]) => !adapterOptions.has(name))
  const { uri } = options
  return { ...Object.fromEntries(own), ...(typeof uri === 'string' && { connectionString: uri }) }
}

/** Of an adapter that was told one. */
export function schemaOf(connection: PostgresConnection): string | undefined {
  const schema = typeof connection === 'string' ? undefined : connection.schema
  return typeof schema === 'string' && schema !== 'public' ? schema : undefined
}

/** A name as SQL takes it, whatever is in it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
