import type { SqlQuery } from './postgres-server.ts'

export interface PostgresAdapterOptions {
  /** Asks the table of records. */
  readonly query: SqlQuery
  /** Rows of other namespaces are never touched. */
  readonly namespace: string
}

export interface PostgresEntry {
  readonly key: string
  readonly value: string
}

/** A Keyv 5 storage adapter. */
export interface PostgresAdapter {
  readonly opts: { readonly dialect: 'postgres' }
  namespace: string | undefined
  get<Value>(key: string): Promise<Value | undefined>
  set(key: string, value: string): Promise<true>
  setMany(entries: readonly PostgresEntry[]): Promise<void>
  delete(key: string): Promise<boolean>
  clear(): Promise<void>
  has(key: string): Promise<boolean>
  getMany<Value>(keys: string[]): Promise<(Value | undefined)[]>
  iterator<Value>(): AsyncGenerator<(string | Awaited<Value> | undefined)[], void>
  on(): PostgresAdapter
}

const pageSize = 500

const statements = {
  get: 'SELECT value FROM tollgate_records WHERE namespace = $1 AND key = $2',
  getMany: 'SELECT key, value FROM tollgate_records WHERE namespace = $1 AND key = ANY ($2::text[])',
  setMany: `INSERT INTO tollgate_records SELECT $1, * FROM unnest($2::text[], $3::text[])
    ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value`,
  delete: 'DELETE FROM tollgate_records WHERE namespace = $1 AND key = $2 RETURNING key',
  clear: 'DELETE FROM tollgate_records WHERE namespace = $1',
  page: `SELECT key, value FROM tollgate_records WHERE namespace = $1 AND key > $2 ORDER BY key LIMIT ${pageSize}`,
}

/**
 * Records in the Postgres database that also holds the credits. Keyv's own adapter shares one pool among all that a
 * process opens, and a second address replaces it. Use one instance a namespace.
 */
export function createPostgresAdapter({ query, namespace }: PostgresAdapterOptions): PostgresAdapter {
  const ask = (name: keyof typeof statements, ...rest: unknown[]) => {
    const values = [adapter.namespace ?? '', ...rest]
    return query({ name: `tollgate_records_${name}`, text: statements[name], values })
  }
  const read = async (key: string) => (await ask('get', key))[0]?.value ?? undefined
  const write = async (entries: ReadonlyMap<string, string>) => {
    await ask('setMany', [...entries.keys()], [...entries.values()])
  }

  const adapter: PostgresAdapter = {
    opts: { dialect: 'postgres' },
    namespace,
    get: async <Value>(key: string) => (await read(key)) as Value | undefined,
    set: async (key, value) => {
      await write(new Map([[key, value]]))
      return true
    },
    /** One statement, so all or none; of a key that comes twice the last counts. */
    setMany: (entries) => write(new Map(entries.map(({ key, value }) => [key, value]))),
    delete: async (key) => (await ask('delete', key)).length > 0,
    clear: async () => {
      await ask('clear')
    },
    has: async (key) => (await read(key)) !== undefined,
    getMany: async <Value>(keys: string[]) => {
      const rows = await ask('getMany', keys)
      const found = new Map(rows.map(({ key, value }) => [key, value]))
      return keys.map((key) => (found.get(key) ?? undefined) as Value | undefined)
    },
    iterator: async function* <Value>() {
      for (let after = '', full = true; full; ) {
        const rows = await ask('page', after)
        for (const { key, value } of rows) yield [key as string, value as Awaited<Value>]
        full = rows.length === pageSize
        after = rows.at(-1)?.key ?? ''
      }
    },
    /** Keyv subscribes to 'error'; failures here are rejections and nothing else. */
    on: () => adapter,
  }
  return adapter
}
