import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, test } from 'vitest'
import { createOwnMariadb } from './own-mariadb.ts'
import { createOwnPostgres, postgresPrograms } from './own-postgres.ts'
import { createOwnRedis } from './own-redis.ts'

/** Servers that a test starts for itself, because it kills them. */
export const ownStores = {
  redis: () => createOwnRedis(),
  'redis, synced every second': () => createOwnRedis(['--appendonly', 'yes', '--appendfsync', 'everysec']),
  postgres: () => createOwnPostgres(),
  mariadb: () => createOwnMariadb(),
} as const

export type OwnStore = keyof typeof ownStores

const programs: Readonly<Record<OwnStore, string>> = {
  redis: 'redis-server',
  'redis, synced every second': 'redis-server',
  postgres: 'postgres',
  mariadb: 'mariadbd',
}

function mayRun(store: OwnStore): boolean {
  if (process.env.REQUIRE_SERVICES === '1') return true
  const folders = [postgresPrograms(), '/usr/sbin', ...(process.env.PATH ?? '').split(delimiter)]
  return folders.some((folder) => existsSync(join(folder, programs[store])))
}

/**
 * A test that starts a server of its own. Where its program is not installed the test is skipped, and its title says
 * so; with REQUIRE_SERVICES=1 it runs, and fails.
 */
export function testOwnStore(store: OwnStore, body: () => Promise<void>, timeoutMs: number): void {
  if (mayRun(store)) test(store, body, timeoutMs)
  else test.skip(`${store} (skipped: ${programs[store]} is not installed)`, body)
}

/** Many such tests, under a title. */
export function describeOwnStore(store: OwnStore, title: string, tests: () => void): void {
  if (mayRun(store)) describe(title, tests)
  else describe.skip(`${title} (skipped: ${programs[store]} is not installed)`, tests)
}
