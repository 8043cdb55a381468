import type { Logger } from '../options/options.ts'
import type { LedgerPlace } from '../store/open-store.ts'
import type { CreditDriver } from './driver.ts'
import { createKeyvCreditDriver } from './keyv-driver.ts'
import { createMemoryCreditDriver } from './memory-driver.ts'
import { createMysqlCreditDriver } from './mysql-driver.ts'
import { createPostgresCreditDriver } from './postgres-driver.ts'
import { createRedisCreditDriver } from './redis-driver.ts'
import { createSpool } from './spool/spool.ts'
import { checkSpoolFolder } from './spool/spool-folder.ts'
import { createSpooledDriver } from './spooled-driver.ts'
import { createSqliteCreditDriver } from './sqlite-driver.ts'

export interface CreditOptions {
  readonly logger: Logger
  /** Folder of the spool. */
  readonly spool: string
}

/**
 * The driver that makes money exact on the store the operator named. Charges for a store elsewhere are on this
 * machine's disk first; memory keeps nothing, and a commit to a file is that very write.
 *
 * @throws Error when the folder of the spool cannot be written to.
 */
export function openCredits(place: LedgerPlace, options: CreditOptions): CreditDriver {
  const { logger } = options
  if (place.kind === 'memory') return createMemoryCreditDriver()
  if (place.kind === 'sqlite') return createSqliteCreditDriver({ file: place.file, logger })
  return withSpool(openRemote(place, logger), options)
}

/**
 * The driver with a spool in front.
 *
 * @throws Error when the folder cannot be written to.
 */
export function withSpool(driver: CreditDriver, { spool: folder, logger }: CreditOptions): CreditDriver {
  checkSpoolFolder(folder)
  return createSpooledDriver(driver, (store) => createSpool({ folder, store, logger }))
}

type RemotePlace = Exclude<LedgerPlace, { readonly kind: 'memory' | 'sqlite' }>

/** The driver of a store elsewhere, by itself. */
export function openRemote(place: RemotePlace, logger: Logger): CreditDriver {
  if (place.kind === 'postgres') return createPostgresCreditDriver({ server: place.server, logger })
  if (place.kind === 'mysql') return createMysqlCreditDriver({ server: place.server, logger })
  if (place.kind === 'redis') return createRedisCreditDriver({ connection: place.connection, logger })
  return createKeyvCreditDriver({ records: place.records, logger })
}
