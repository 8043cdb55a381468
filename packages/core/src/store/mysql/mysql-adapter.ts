import type { SqlQuery } from './mysql-server.ts'

export interface MysqlAdapterOptions {
  /** Asks the table of records. */
  readonly query: SqlQuery
  /** Rows of other namespaces are never touched. */
  readonly namespace: string
}

export interface MysqlEntry {
  readonly key: string
  readonly value: string
}

/** A Keyv 5 storage adapter. */
export interface MysqlAdapter {
  readonly opts: { readonly dialect: 'mysql' }
  namespace: string | undefined
  get<Value>(key: string): Promise<Value | undefined>
  set(key: string, value: string): Promise<true>
  setMany(entries: readonly MysqlEntry[]): Promise<void>
  delete(key: string): Promise<boolean>
  clear(): Promise<void>
  has(key: string): Promise<boolean>
  getMany<Value>(keys: string[]): Promise<(Value | undefined)[]>
  iterator<Value>(): AsyncGenerator<(string | Awaited<Value> | undefined)[], void>
  on(): MysqlAdapter
}

const pageSize = 500

const statements = {
  get: 'SELECT value FROM tollgate_records WHERE namespace = ? AND name = ?',
  getMany: 'SELECT name, value FROM tollgate_records WHERE namespace = ? AND name IN (?)',
  setMany: `INSERT INTO tollgate_records (namespace, name, value) VALUES ?
    ON DUPLICATE KEY UPDATE value = VALUES(value)`,
  delete: 'DELETE FROM tollgate_records WHERE namespace = ? AND name = ?',
  clear: 'DELETE FROM tollgate_records WHERE namespace = ?',
  page: `SELECT name, value FROM tollgate_records WHERE namespace = ? AND name > ? ORDER BY name LIMIT ${pageSize}`,
}

/**
 * Records in the MySQL or MariaDB database that also holds the credits. Keyv's own adapter shares one pool among all
 * that a process opens, and a second address replaces it. Use one instance a namespace.
 */
export function createMysqlAdapter({ query, namespace }: MysqlAdapterOptions): MysqlAdapter {
  const space = () => adapter.namespace ?? ''
  const read = async (key: string) => {
    const { rows } = await query({ text: statements.get, values: [space(), key] })
    return rows[0]?.value ?? undefined
  }
  const write = async (entries: ReadonlyMap<string, string>) => {
    const rows = Array.from(entries, ([key, value]) => [space(), key, value])
    if (rows.length > 0) await query({ text: statements.setMany, values: [rows] })
  }

  const adapter: MysqlAdapter = {
    opts: { dialect: 'mysql' },
    namespace,
    get: async <Value>(key: string) => (await read(key)) as Value | undefined,
    set: async (key, value) => {
      await write(new Map([[key, value]]))
      return true
    },
    /** One statement, so all or none; of a key that comes twice the last counts. */
    setMany: (entries) => write(new Map(entries.map(({ key, value }) => [key, value]))),
    delete: async (key) => (await query({ text: statements.delete, values: [space(), key] })).changes > 0,
    clear: async () => {
      await query({ text: statements.clear, values: [space()] })
    },
    has: async (key) => (await read(key)) !== undefined,
    getMany: async <Value>(keys: string[]) => {
      if (keys.length === 0) return []
      const { rows } = await query({ text: statements.getMany, values: [space(), keys] })
      const found = new Map(rows.map(({ name, value }) => [name, value]))
      return keys.map((key) => (found.get(key) ?? undefined) as Value | undefined)
    },
    iterator: async function* <Value>() {
      for (let after = '', full = true; full; ) {
        const { rows } = await query({ text: statements.page, values: [space(), after] })
        for (const { name, value } of rows) yield [name as string, value as Awaited<Value>]
        full = rows.length === pageSize
        after = rows.at(-1)?.name ?? ''
      }
    },
    /** Keyv subscribes to 'error'; failures here are rejections and nothing else. */
    on: () => adapter,
  }
  return adapter
}
