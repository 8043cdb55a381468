import { countWord, type SearchableBytes } from '../bytes/search-bytes.ts'
import { isJsonObject } from '../dialects/json.ts'
import { type JsonMembers, readMember } from './json-members.ts'

/**
 * Whether a request of Responses names items that its provider holds, in place of sending them: nobody else knows how
 * long they are.
 *
 * @param body As searches must see it.
 */
export function refersToItems(members: JsonMembers, body: SearchableBytes): boolean {
  if (countWord(body, '"item_reference"', 1) > 0) return true
  // The name of their type may be left out.
  return countWord(body, '"id"', 1) > 0 && holdsUntyped(readMember(members, 'input'))
}

function holdsUntyped(input: unknown): boolean {
  return Array.isArray(input) && input.some((item) => isJsonObject(item) && !item.type && !item.role)
}
