import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { formatUsd } from '../../billing/money.ts'
import type { Logger } from '../../options/options.ts'
import type { SettleRequest } from '../driver.ts'
import { makeFolder } from './spool-folder.ts'
import { encodeLine } from './spool-line.ts'

/**
 * Keeps a charge that the store will never take where the operator finds it. Resolves to whether the disk took it;
 * the log has it in any case.
 */
export type KeepLost = (request: SettleRequest, reason: unknown) => Promise<boolean>

/** A file of this process alone, so that lines of two never mix. */
export function createLostCharges(folder: string, store: string, logger: Logger): KeepLost {
  const path = join(folder, `lost-${store}-${Date.now().toString(36)}-${process.pid}.jsonl`)
  const keep = async (request: SettleRequest) => {
    await makeFolder(folder)
    const file = await open(path, 'a', 0o600)
    try {
      await file.write(encodeLine({ op: 'settle', request }))
      await file.datasync()
    } finally {
      await file.close()
    }
  }
  return async (request, reason) => {
    const { id, account, modelCost, fee } = request
    const fields = { requestId: id, account, cost: formatUsd(modelCost + fee), file: path }
    logger.error({ ...fields, error: reason }, 'The store does not take a charge; it is kept in a file.')
    try {
      await keep(request)
      return true
    } catch (error) {
      logger.error({ ...fields, error }, 'The charge could not be kept in the file.')
      return false
    }
  }
}
