import { countWord } from '../bytes/search-bytes.ts'
import { describeItem, type IdentifiedItem } from './identified-item.ts'
import type { JsonMembers } from './json-members.ts'
import { listedObjects } from './listed-objects.ts'
import { searchedBody } from './searched-body.ts'

/** Names of the members that hold an item's id. */
const naming = ['"id"', '"approval_request_id"']

/** Of one call they are asked for by whoever bounds its length and by whoever looks for their owner. */
const known = new WeakMap<JsonMembers, readonly IdentifiedItem[]>()

/**
 * The items of a request of Responses that have an id, or answer one that does. Nothing is read where none has.
 *
 * @throws GatewayError `invalid_request` as `listedObjects` does.
 * @example
 * // of {"input":[{"type":"item_reference","id":"msg_1"},{"role":"user","content":"hi"}]}
 * identifiedItems(members).length // 1
 */
export function identifiedItems(members: JsonMembers): readonly IdentifiedItem[] {
  const items = known.get(members) ?? findItems(members)
  known.set(members, items)
  return items
}

function findItems(members: JsonMembers): readonly IdentifiedItem[] {
  const body = searchedBody(members.body)
  if (!naming.some((word) => countWord(body, word, 1) > 0)) return []
  const isEscaped = body !== members.body
  const hasId = (item: Buffer) => isEscaped || naming.some((word) => item.includes(word, 0, 'latin1'))
  return Array.from(listedObjects(members, 'input', hasId), describeItem)
}
