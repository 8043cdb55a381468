import { GatewayError } from '../errors/gateway-error.ts'
import type { IdentifiedItem } from './identified-item.ts'
import { identifiedItems } from './identified-items.ts'
import type { JsonMembers } from './json-members.ts'

/** What a provider reads in items, and what it does not look for by their ids. */
export interface ItemTraits {
  readonly readsReasoning?: true | undefined
}

/** No conversation has more, and the store is asked for each. */
const mostItems = 4096

/**
 * Ids of the items that a request of Responses names in place of sending them, each once: their provider looks for
 * what they stand for, or whether they may be acted on. Nothing is read where no item has an id.
 *
 * @throws GatewayError `invalid_request` for an item that names a member twice, and for too many items.
 * @example
 * // of {"input":[{"type":"item_reference","id":"msg_1"}]}
 * namedItems(members, {}) // ['msg_1']
 */
export function namedItems(members: JsonMembers, traits: ItemTraits): readonly string[] {
  const named = new Set<string>()
  const approved = new Set<string>()
  const sent = new Set<string>()
  for (const item of identifiedItems(members)) {
    const { id, approvalRequestId } = item
    if (id !== undefined) (standsForMore(item, traits) ? named : sent).add(id)
    if (approvalRequestId !== undefined) approved.add(approvalRequestId)
    if (named.size + approved.size > mostItems) throw tooMany()
  }
  for (const id of approved) if (!sent.has(id)) named.add(id)
  return [...named]
}

function standsForMore({ kind, isHollow }: IdentifiedItem, { readsReasoning }: ItemTraits): boolean {
  if (kind === 'item_reference' || kind === 'untyped') return true
  return isHollow && !(kind === 'reasoning' && readsReasoning)
}

function tooMany(): GatewayError {
  const message = `A request may name ${mostItems} items at most.`
  return new GatewayError({ code: 'invalid_request', message, param: 'input' })
}
