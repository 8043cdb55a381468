import { asBuffer } from '../bytes/as-buffer.ts'
import { countWord, type SearchableBytes } from '../bytes/search-bytes.ts'
import { isJsonObject } from '../dialects/json.ts'
import { type JsonMembers, readMember } from './json-members.ts'

/**
 * An item that has nothing but an id, and perhaps a type. Others have one too, in long conversations nearly all of
 * them. A run of spaces fits it in one way alone: where it fits in many, a search takes the square of its length.
 */
const bareId = /\{\s*(?:"(?:type|id)"\s*:\s*(?:null|"[^"]*")\s*(?:,\s*)?)+\}/

/**
 * Whether a request of Responses names items that its provider holds, in place of sending them: nobody else knows how
 * long they are. The input is parsed only where something looks like it.
 *
 * @param body As searches must see it.
 */
export function refersToItems(members: JsonMembers, body: SearchableBytes): boolean {
  if (countWord(body, '"item_reference"', 1) > 0) return true
  // The name of their type may be left out.
  if (countWord(body, '"id"', 1) === 0 || !bareId.test(latin1Of(body))) return false
  return holdsUntyped(readMember(members, 'input'))
}

function holdsUntyped(input: unknown): boolean {
  return Array.isArray(input) && input.some((item) => isJsonObject(item) && !item.type && !item.role)
}

function latin1Of({ pieces }: SearchableBytes): string {
  return pieces.map((piece) => asBuffer(piece).toString('latin1')).join('')
}
