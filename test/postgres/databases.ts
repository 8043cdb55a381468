import { Client } from 'pg'
import { newDatabase, type TestDatabase } from '../credits/database-bench.ts'
import { postgresUrl } from '../services.ts'

export type { TestDatabase }

async function ask(sql: string, url = postgresUrl()): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** Makes an empty database; drop it in the end, whoever is still connected. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { name, url } = newDatabase(postgresUrl())
  await ask(`CREATE DATABASE ${name}`)
  return {
    url,
    name,
    run: (sql) => ask(sql, url),
    drop: () => ask(`DROP DATABASE ${name} WITH (FORCE)`),
  }
}
