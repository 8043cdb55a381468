import { textOf } from '../bytes/body-bytes.ts'
import { findMember, type JsonMembers, readMember } from './json-members.ts'

/**
 * What is asked of an item of a request of Responses. Where its members stand is not kept: of millions that is many
 * times what they take in the body, for as long as its call lasts.
 */
export interface IdentifiedItem {
  /** It has the member, whatever that is. */
  readonly hasId: boolean
  readonly id: string | undefined
  readonly approvalRequestId: string | undefined
  /** What it is for whoever looks it up; untyped where it says no word of its type. */
  readonly kind: 'item_reference' | 'reasoning' | 'other' | 'untyped'
  /** It has neither a type nor says whose turn it is. */
  readonly isAnonymous: boolean
  /** It says whose turn it is. */
  readonly hasRole: boolean
  /** Nothing but its id says what it is worth. */
  readonly isHollow: boolean
}

export function describeItem(item: JsonMembers): IdentifiedItem {
  const type = readMember(item, 'type')
  const kind = kindOf(type)
  const hasRole = kind === 'untyped' && Boolean(readMember(item, 'role'))
  return {
    hasId: findMember(item, 'id') !== undefined,
    id: textIn(item, 'id'),
    approvalRequestId: textIn(item, 'approval_request_id'),
    kind,
    isAnonymous: !type && !hasRole,
    hasRole,
    isHollow: typeof type === 'string' && isHollow(item, type),
  }
}

function kindOf(type: unknown): IdentifiedItem['kind'] {
  if (typeof type !== 'string' || type === '') return 'untyped'
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
