import { createConnection } from 'mysql2/promise'
import { mysqlUrl } from '../services.ts'

async function ask(sql: string, url = mysqlUrl()): Promise<void> {
  const client = await createConnection(url)
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** A database of its own on the server that the tests use. */
export interface TestDatabase {
  readonly url: string
  readonly name: string
  /** As the server's administrator, within the database. */
  run(sql: string): Promise<void>
  drop(): Promise<void>
}

/** Makes an empty database; drop it in the end. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `tollgate_test_${crypto.randomUUID().replaceAll('-', '')}`
  await ask(`CREATE DATABASE ${name}`)
  const url = new URL(mysqlUrl())
  url.pathname = `/${name}`
  return {
    url: url.href,
    name,
    run: (sql) => ask(sql, url.href),
    drop: () => ask(`DROP DATABASE IF EXISTS ${name}`),
  }
}
