import { createRequire } from 'node:module'
import type { Pool } from 'pg'

interface PostgresPackage {
  readonly Pool: typeof Pool
}

/**
 * The driver of Postgres, which only those install who use it. Loaded at once, so that a store without its driver
 * is refused when it is opened.
 *
 * @param from The file that asks; its folder and those above it are searched.
 * @throws Error that says what to install.
 */
export function loadPostgresPackage(from: string = import.meta.url): PostgresPackage {
  try {
    return createRequire(from)('pg') as PostgresPackage
  } catch (cause) {
    throw new Error('The store is a Postgres server, which needs the package pg: npm install pg', { cause })
  }
}
