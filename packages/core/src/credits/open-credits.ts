import type { Logger } from '../options/options.ts'
import type { LedgerPlace } from '../store/open-store.ts'
import type { CreditDriver } from './driver.ts'
import { createKeyvCreditDriver } from './keyv-driver.ts'
import { createMemoryCreditDriver } from './memory-driver.ts'
import { createPostgresCreditDriver } from './postgres-driver.ts'
import { createRedisCreditDriver } from './redis-driver.ts'
import { createSqliteCreditDriver } from './sqlite-driver.ts'

/** The driver that makes money exact on the store the operator named. */
export function openCredits(place: LedgerPlace, logger: Logger): CreditDriver {
  if (place.kind === 'sqlite') return createSqliteCreditDriver({ file: place.file, logger })
  if (place.kind === 'keyv') return createKeyvCreditDriver({ records: place.records, logger })
  if (place.kind === 'postgres') return createPostgresCreditDriver({ server: place.server, logger })
  if (place.kind === 'redis') return createRedisCreditDriver({ connection: place.connection, logger })
  return createMemoryCreditDriver()
}
