import type { JsonObject } from '../../dialects/json.ts'
import type { ResponseRecord } from '../../responses/response-record.ts'
import type { CallServices } from '../services.ts'
import { withItems } from './answer-items.ts'
import { tokensOf } from './answer-keeper.ts'
import { reportedUsage } from './conclude-run.ts'
import { writeRecord } from './write-record.ts'

const unnameable = 'The items of a response could not be written down; its client cannot refer to them.'

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
  const known = { ...record, items, ...(usage && { tokens: tokensOf(usage) }) }
  return writeRecord(services, known, unnameable).then(() => undefined)
}
