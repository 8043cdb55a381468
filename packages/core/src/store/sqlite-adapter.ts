import type { DatabaseSync } from 'node:sqlite'
import type { RecordAdapter } from './record-adapter.ts'
import { openRecordsDatabase } from './sqlite-database.ts'

/** Which file, and which records in it. */
export interface SqliteAdapterOptions {
  /** Created when missing; its folder must exist. */
  readonly file: string
  /** Rows of other namespaces are never touched. A Keyv sets its own when it takes the adapter. */
  readonly namespace?: string
  /** An open connection on `file` to share. @default an own one */
  readonly database?: DatabaseSync
}

/** A Keyv 5 storage adapter. */
export interface SqliteAdapter
  extends RecordAdapter<{ readonly dialect: 'sqlite'; readonly file: string; readonly tollgate: true }> {
  disconnect(): Promise<void>
}

const pageSize = 500

/**
 * A Keyv storage adapter on `node:sqlite`: nothing to install or to compile. Use one instance a namespace.
 *
 * @throws Error when the file cannot be opened or written to.
 * @example
 * const store = new Keyv(createSqliteAdapter({ file: './tollgate.db' }), { namespace: 'notes' })
 */
export function createSqliteAdapter(options: SqliteAdapterOptions): SqliteAdapter {
  const { file, database = openRecordsDatabase(file) } = options
  const statements = prepare(database)
  const space = () => adapter.namespace ?? ''
  const read = (key: string) => statements.get.get(space(), key)?.value

  const adapter: SqliteAdapter = {
    opts: { dialect: 'sqlite', file, tollgate: true },
    namespace: options.namespace,
    get: async <Value>(key: string) => read(key) as Value | undefined,
    set: async (key, value) => {
      statements.set.run(space(), key, value)
      return true
    },
    replace: async (key, expected, value) => {
      const { changes } =
        expected === undefined
          ? statements.insert.run(space(), key, value)
          : statements.replace.run(value, space(), key, expected)
      return changes > 0
    },
    setMany: async (entries) => {
      inTransaction(database, () => {
        for (const { key, value } of entries) statements.set.run(space(), key, value)
      })
    },
    delete: async (key) => statements.delete.run(space(), key).changes > 0,
    clear: async () => {
      statements.clear.run(space())
    },
    has: async (key) => read(key) !== undefined,
    getMany: async <Value>(keys: string[]) => keys.map((key) => read(key) as Value | undefined),
    iterator: async function* <Value>() {
      const namespace = space()
      // Pages, because an open cursor would keep the log from being folded back into the database.
      for (let after: unknown = '', full = true; full; ) {
        const rows = statements.page.all(namespace, after as string, pageSize)
        for (const { key, value } of rows) yield [key as string, value as Awaited<Value>]
        full = rows.length === pageSize
        after = rows.at(-1)?.key
      }
    },
    disconnect: async () => {
      if (database.isOpen) database.close()
    },
    /** Keyv subscribes to 'error'; failures here are rejections and nothing else. */
    on: () => adapter,
  }
  return adapter
}

function prepare(database: DatabaseSync) {
  return {
    get: database.prepare('SELECT value FROM records WHERE namespace = ? AND key = ?'),
    set: database.prepare(
      'INSERT INTO records VALUES (?, ?, ?) ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value',
    ),
    replace: database.prepare('UPDATE records SET value = ? WHERE namespace = ? AND key = ? AND value = ?'),
    insert: database.prepare('INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    delete: database.prepare('DELETE FROM records WHERE namespace = ? AND key = ?'),
    clear: database.prepare('DELETE FROM records WHERE namespace = ?'),
    page: database.prepare(
      'SELECT key, value FROM records WHERE namespace = ? AND key > ? ORDER BY key LIMIT ?',
    ),
  }
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    work()
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
