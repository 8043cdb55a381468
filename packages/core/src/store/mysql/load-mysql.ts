import { createRequire } from 'node:module'
import type { createPool } from 'mysql2/promise'

interface MysqlPackage {
  readonly createPool: typeof createPool
}

/**
 * The driver of MySQL and MariaDB, which only those install who use it. Loaded at once, so that a store without its
 * driver is refused when it is opened.
 *
 * @param from The file that asks; its folder and those above it are searched.
 * @throws Error that says what to install.
 */
export function loadMysqlPackage(from: string = import.meta.url): MysqlPackage {
  try {
    return createRequire(from)('mysql2/promise') as MysqlPackage
  } catch (cause) {
    const message =
      'The store is a MySQL or MariaDB server, which needs the package mysql2: npm install mysql2'
    throw new Error(message, { cause })
  }
}
