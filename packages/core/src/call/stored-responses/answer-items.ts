import { isJsonObject, type JsonObject } from '../../dialects/json.ts'
import { isResponseId, type ResponseRecord } from '../../responses/response-record.ts'

/** Ids of the items that a response consists of; none where its provider's account is its account's own. */
export function itemsOf({ kind }: ResponseRecord['credential'], { output }: JsonObject): readonly string[] {
  if (kind === 'own' || !Array.isArray(output)) return []
  const ids = output.map((item) => (isJsonObject(item) ? item.id : undefined))
  return [...new Set(ids.filter(isResponseId))]
}

/** The record with the items that a response has, where it has any. */
export function withItems<T extends ResponseRecord>(record: T, response: JsonObject): T {
  const items = itemsOf(record.credential, response)
  return items.length > 0 ? { ...record, items } : record
}
