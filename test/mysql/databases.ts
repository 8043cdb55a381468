import { createConnection } from 'mysql2/promise'
import { newDatabase, type TestDatabase } from '../credits/database-bench.ts'
import { mysqlUrl } from '../services.ts'

export type { TestDatabase }

async function ask(sql: string, url = mysqlUrl()): Promise<void> {
  const client = await createConnection(url)
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** Makes an empty database; drop it in the end. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { name, url } = newDatabase(mysqlUrl())
  await ask(`CREATE DATABASE ${name}`)
  return {
    url,
    name,
    run: (sql) => ask(sql, url),
    drop: () => ask(`DROP DATABASE IF EXISTS ${name}`),
  }
}
