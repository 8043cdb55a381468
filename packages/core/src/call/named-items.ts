import { textOf } from '../bytes/body-bytes.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { identifiedItems } from './identified-items.ts'
import { findMember, type JsonMembers, readMember } from './json-members.ts'

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
    const id = textIn(item, 'id')
    if (id !== undefined) (standsForMore(item, traits) ? named : sent).add(id)
    const approval = textIn(item, 'approval_request_id')
    if (approval !== undefined) approved.add(approval)
    if (named.size + approved.size > mostItems) throw tooMany()
  }
  for (const id of approved) if (!sent.has(id)) named.add(id)
  return [...named]
}

function textIn(item: JsonMembers, name: string): string | undefined {
  const value = readMember(item, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The member that has what an item of these types is worth; without it, its id has to do. */
const worth: Readonly<Record<string, string>> = {
  reasoning: 'encrypted_content',
  compaction: 'encrypted_content',
  image_generation_call: 'result',
}

function standsForMore(item: JsonMembers, { readsReasoning }: ItemTraits): boolean {
  const type = readMember(item, 'type')
  if (type === 'item_reference') return true
  if (typeof type !== 'string' || type === '') return !readMember(item, 'role')
  if (type === 'reasoning' && readsReasoning) return false
  const member = worth[type]
  return member === undefined ? isBare(item) : !holdsText(item, member)
}

/** Not parsed, because it may be a picture. */
function holdsText(item: JsonMembers, name: string): boolean {
  const span = findMember(item, name)
  return (
    span !== undefined && span.end - span.start > 2 && textOf(item.body, span.start, span.start + 1) === '"'
  )
}

const saysNothing = new Set(['id', 'type', 'status'])
const nothing = /^(?:null|""|\[\s*\]|\{\s*\})$/
const longestNothing = 64

/** It has an id and nothing else that means anything. */
function isBare({ body, spans }: JsonMembers): boolean {
  for (const { name, start, end } of spans.values()) {
    if (saysNothing.has(name)) continue
    if (end - start > longestNothing || !nothing.test(textOf(body, start, end))) return false
  }
  return true
}

function tooMany(): GatewayError {
  const message = `A request may name ${mostItems} items at most.`
  return new GatewayError({ code: 'invalid_request', message, param: 'input' })
}
