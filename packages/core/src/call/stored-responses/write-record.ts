import type { ResponseRecord } from '../../responses/response-record.ts'
import type { CallServices } from '../services.ts'

/**
 * Writes a response's record, with the end of the gateway waiting for it. Never rejects.
 *
 * @param lost What it means, for the log, that the store has not taken it.
 * @returns Whether the store has.
 */
export async function writeRecord(
  { responses, unanswered, logger }: CallServices,
  record: ResponseRecord,
  lost: string,
): Promise<boolean> {
  unanswered.enter()
  try {
    await responses.keep(record)
    return true
  } catch (error) {
    logger.error({ requestId: record.call, response: record.id, error }, lost)
    return false
  } finally {
    unanswered.leave()
  }
}
