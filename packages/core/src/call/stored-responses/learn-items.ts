import type { JsonObject } from '../../dialects/json.ts'
import type { ResponseRecord } from '../../responses/response-record.ts'
import type { CallServices } from '../services.ts'
import { withItems } from './answer-items.ts'
import { tokensOf } from './answer-keeper.ts'
import { reportedUsage } from './conclude-run.ts'

/**
 * Writes down the items of a response that has come further since its record was written: whoever reads them may name
 * them. Should the store not take them, the response is shown all the same.
 *
 * @returns Undefined where there is nothing new.
 */
export function learnItems(
  services: CallServices,
  record: ResponseRecord,
  response: JsonObject,
): Promise<undefined> | undefined {
  const { items } = withItems(record, response)
  if (!items || items.every((id) => record.items?.includes(id))) return undefined
  const usage = record.tokens === undefined ? reportedUsage(services, record, response) : undefined
  return write(services, { ...record, items, ...(usage && { tokens: tokensOf(usage) }) })
}

async function write(services: CallServices, record: ResponseRecord): Promise<undefined> {
  const { responses, unanswered, logger } = services
  unanswered.enter()
  try {
    await responses.keep(record)
  } catch (error) {
    const fields = { requestId: record.call, response: record.id, error }
    logger.error(
      fields,
      'The items of a response could not be written down; its client cannot refer to them.',
    )
  } finally {
    unanswered.leave()
  }
}
