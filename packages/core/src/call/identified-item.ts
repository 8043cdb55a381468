import { textOf } from '../bytes/body-bytes.ts'
import { findMember, type JsonMembers, readMember } from './json-members.ts'

/**
 * What is asked of an item of a request of Responses. Where its members stand is not kept: of millions that is many
 * times what they take in the body, for as long as its call lasts.
 */
export interface IdentifiedItem {
  readonly id: string | undefined
  readonly approvalRequestId: string | undefined
  /** What it is for whoever looks it up; untyped where it names neither its type nor whose turn it is. */
  readonly kind: 'item_reference' | 'reasoning' | 'other' | 'untyped'
  /** It has an id, whatever that is, and neither a type nor a role. */
  readonly isBareId: boolean
  /** Nothing but its id says what it is worth. */
  readonly isHollow: boolean
}

export function describeItem(item: JsonMembers): IdentifiedItem {
  const type = readMember(item, 'type')
  const isTyped = typeof type === 'string' && type !== ''
  const hasRole = !isTyped && Boolean(readMember(item, 'role'))
  return {
    id: textIn(item, 'id'),
    approvalRequestId: textIn(item, 'approval_request_id'),
    kind: isTyped ? kindOf(type) : hasRole ? 'other' : 'untyped',
    isBareId: findMember(item, 'id') !== undefined && !type && !hasRole,
    isHollow: isTyped && isHollow(item, type),
  }
}

function kindOf(type: string): IdentifiedItem['kind'] {
  return type === 'item_reference' || type === 'reasoning' ? type : 'other'
}

function textIn(item: JsonMembers, name: string): string | undefined {
  const value = readMember(item, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The member that has what an item of these types is worth; without it, its id has to do. */
const worth: ReadonlyMap<string, string> = new Map([
  ['reasoning', 'encrypted_content'],
  ['compaction', 'encrypted_content'],
  ['image_generation_call', 'result'],
])

function isHollow(item: JsonMembers, type: string): boolean {
  const member = worth.get(type)
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
