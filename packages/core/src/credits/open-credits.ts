import type { Logger } from '../options/options.ts'
import type { Store } from '../store/open-store.ts'
import type { CreditDriver } from './driver.ts'
import { createMemoryCreditDriver } from './memory-driver.ts'
import { createSqliteCreditDriver } from './sqlite-driver.ts'

/** The driver that makes money exact on the store the operator named. */
export function openCredits({ kind, file }: Pick<Store, 'kind' | 'file'>, logger: Logger): CreditDriver {
  return kind === 'sqlite'
    ? createSqliteCreditDriver({ file: file as string, logger })
    : createMemoryCreditDriver()
}
