import { createHash } from 'node:crypto'
import { textOf } from '../../bytes/body-bytes.ts'
import { isJsonObject } from '../../dialects/json.ts'
import type { HeaderMap } from '../../upstream/transport.ts'
import { findMember, type JsonMembers, readMember } from '../json-members.ts'
import { readOpening } from './read-opening.ts'

/** Where coding agents and others put the id of their session. */
const sessionHeaders = [
  'session_id',
  'session-id',
  'x-session-id',
  'x-claude-code-session-id',
  'x-session-affinity',
  'conversation_id',
  'x-conversation-id',
] as const

/** What is said to the model before its conversation begins. */
const instructions = ['system', 'instructions', 'systemInstruction', 'system_instruction'] as const
/** Of those; more does not tell conversations apart. */
const mostInstructions = 4096

export interface ConversationSource {
  /** Conversations of different accounts never meet. */
  readonly account: string
  readonly model: string
  readonly members: JsonMembers
  readonly headers: HeaderMap
}

/**
 * Names the conversation that a request belongs to, the same for every turn of it: by what the client calls it, or
 * else by how it begins. A conversation with two models is two. Costs a hash: ask only where there is a choice.
 *
 * @example
 * conversationKey({ account: 'acme', model: 'fast', members, headers }) // 'mD0xT…', 22 characters
 */
export function conversationKey({ account, model, members, headers }: ConversationSource): string {
  const hash = createHash('sha256').update(JSON.stringify([account, model]))
  const named = nameOf(members, headers)
  if (named === undefined) hash.update(`opening ${beginningOf(members)}`)
  else hash.update(`named ${named}`)
  return hash.digest('base64url').slice(0, 22)
}

function nameOf(members: JsonMembers, headers: HeaderMap): string | undefined {
  return (
    textMember(members, 'prompt_cache_key') ??
    sessionOf(headers) ??
    userOf(members) ??
    conversationOf(members) ??
    textMember(members, 'previous_response_id')
  )
}

function sessionOf(headers: HeaderMap): string | undefined {
  for (const name of sessionHeaders) {
    const value = headers[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}

/** Of Anthropic's dialect: agents put their session there. */
function userOf(members: JsonMembers): string | undefined {
  const metadata = memberOf(members, 'metadata')
  const user = isJsonObject(metadata) ? metadata.user_id : undefined
  return typeof user === 'string' && user !== '' ? user : undefined
}

function conversationOf(members: JsonMembers): string | undefined {
  const conversation = memberOf(members, 'conversation')
  const id = isJsonObject(conversation) ? conversation.id : conversation
  return typeof id === 'string' && id !== '' ? id : undefined
}

function textMember(members: JsonMembers, name: string): string | undefined {
  const value = memberOf(members, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Only members that are short, whoever wrote them. */
const longestName = 65_536

function memberOf(members: JsonMembers, name: string): unknown {
  const span = findMember(members, name)
  return span && span.end - span.start <= longestName ? readMember(members, name) : undefined
}

/** Instructions, and messages up to the first of the user: what later turns repeat. */
function beginningOf(members: JsonMembers): string {
  const said = instructions.map((name) => {
    const span = findMember(members, name)
    return span ? textOf(members.body, span.start, Math.min(span.end, span.start + mostInstructions)) : ''
  })
  return withoutCacheMarks([...said, readOpening(members)].join('\n'))
}

/** They move along as the conversation grows. */
function withoutCacheMarks(text: string): string {
  return text.replace(/,?\s*"cache_control"\s*:\s*\{[^{}]*\}/g, '')
}
