import { countWord } from '../bytes/search-bytes.ts'
import { identifiedItems } from './identified-items.ts'
import type { JsonMembers } from './json-members.ts'
import { searchedBody } from './searched-body.ts'

/**
 * Whether a request of Responses names items that its provider holds, in place of sending them: nobody else knows how
 * long they are.
 *
 * @throws GatewayError `invalid_request` as `identifiedItems` does.
 */
export function refersToItems(members: JsonMembers): boolean {
  if (countWord(searchedBody(members.body), '"item_reference"', 1) > 0) return true
  // The name of their type may be left out; other items without one say whose turn they are.
  return identifiedItems(members).some(({ isBareId }) => isBareId)
}
