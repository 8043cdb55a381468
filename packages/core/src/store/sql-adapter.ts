import type { RecordAdapter } from './record-adapter.ts'

/** A key and its value. */
export type RecordRow = readonly [key: string, value: string]

/** The table of records, as one dialect of SQL asks it. Rows of other namespaces are never touched. */
export interface RecordsTable {
  get(namespace: string, key: string): Promise<string | undefined>
  /** Those that are there, in any order. */
  getMany(namespace: string, keys: readonly string[]): Promise<readonly RecordRow[]>
  /** One statement, so all or none. No key comes twice. */
  setMany(namespace: string, entries: ReadonlyMap<string, string>): Promise<unknown>
  /** Resolves to whether the row was there with this value, and has the other one now. */
  replace(namespace: string, row: RecordRow, value: string): Promise<boolean>
  /** Resolves to whether there was no row of this key, and is one now. */
  insert(namespace: string, row: RecordRow): Promise<boolean>
  /** Resolves to whether there was something to delete. */
  delete(namespace: string, key: string): Promise<boolean>
  clear(namespace: string): Promise<unknown>
  /** At most `pageSize` rows behind a key, in the order of their keys. */
  page(namespace: string, after: string): Promise<readonly RecordRow[]>
}

/** Rows that are listed at once. */
export const pageSize = 500

export interface SqlAdapterOptions<Dialect extends string> {
  readonly dialect: Dialect
  readonly namespace: string
  readonly table: RecordsTable
}

/**
 * Records in the database that also holds the credits. Keyv's own adapters share one pool among all that a process
 * opens, and a second address replaces it. Use one instance a namespace.
 */
export function createSqlAdapter<Dialect extends string>({
  dialect,
  namespace,
  table,
}: SqlAdapterOptions<Dialect>): RecordAdapter<{ readonly dialect: Dialect }> {
  const space = () => adapter.namespace ?? ''
  const adapter: RecordAdapter<{ readonly dialect: Dialect }> = {
    opts: { dialect },
    namespace,
    get: async <Value>(key: string) => (await table.get(space(), key)) as Value | undefined,
    set: async (key, value) => {
      await table.setMany(space(), new Map([[key, value]]))
      return true
    },
    /** Of a key that comes twice the last counts. */
    setMany: async (entries) => {
      await table.setMany(space(), new Map(entries.map(({ key, value }) => [key, value])))
    },
    replace: (key, expected, value) =>
      expected === undefined
        ? table.insert(space(), [key, value])
        : table.replace(space(), [key, expected], value),
    delete: (key) => table.delete(space(), key),
    clear: async () => {
      await table.clear(space())
    },
    has: async (key) => (await table.get(space(), key)) !== undefined,
    getMany: async <Value>(keys: string[]) => {
      const found = new Map(await table.getMany(space(), keys))
      return keys.map((key) => found.get(key) as Value | undefined)
    },
    iterator: async function* <Value>() {
      for (let after = '', full = true; full; ) {
        const rows = await table.page(space(), after)
        for (const [key, value] of rows) yield [key, value as Awaited<Value>]
        full = rows.length === pageSize
        after = rows.at(-1)?.[0] ?? ''
      }
    },
    /** Keyv subscribes to 'error'; failures here are rejections and nothing else. */
    on: () => adapter,
  }
  return adapter
}
