import type { Message, Part, ToolResultPart } from '../conversation.ts'
import {
  invalidMember,
  listMember,
  memberOf,
  type Place,
  pathOf,
  placesMember,
  requiredString,
} from '../members.ts'
import { parseAssistantBlock, parseBlocks, parseSystemBlock, parseUserBlock } from './parse-content.ts'

/** `system` and `messages`, in order, each with the path it has in the client's body. */
export function parseMessages(body: Place): readonly Message[] {
  if (listMember(body, 'messages') === undefined) throw invalidMember('messages', 'a list')
  return [...parseSystem(body), ...placesMember(body, 'messages').map(parseMessage)]
}

function parseSystem(body: Place): readonly Message[] {
  if (memberOf(body, 'system') === undefined) return []
  const parts = parseBlocks(body, 'system', parseSystemBlock)
  return parts.length === 0 ? [] : [{ role: 'system', parts, path: 'system' }]
}

function parseMessage(place: Place): Message {
  const role = requiredString(place, 'role')
  const { path } = place
  switch (role) {
    case 'system':
      return { role, path, parts: parseBlocks(place, 'content', parseSystemBlock) }
    case 'user': {
      const parts = parseBlocks(place, 'content', parseUserBlock)
      return parts.length > 0 && parts.every(isResult) ? { role: 'tool', path, parts } : { role, path, parts }
    }
    case 'assistant':
      return { role, path, parts: sealCalls(parseBlocks(place, 'content', parseAssistantBlock)) }
    default:
      throw invalidMember(pathOf(place, 'role'), '`user`, `assistant` or `system`')
  }
}

function isResult(part: Part): part is ToolResultPart {
  return part.type === 'tool-result'
}

/** A seal of Google's is on the call itself; clients get it as a thinking block without text before the call. */
function sealCalls(parts: readonly Part[]): readonly Part[] {
  return parts.flatMap((part, index) => {
    if (sealBefore(part, parts[index + 1]) !== undefined) return []
    const seal = sealBefore(parts[index - 1], part)
    return [seal === undefined ? part : { ...part, seal }]
  })
}

function sealBefore(thinking: Part | undefined, call: Part | undefined) {
  if (thinking?.type !== 'thinking' || thinking.text !== '' || call?.type !== 'tool-call') return undefined
  return thinking.seal?.origin === 'google' ? thinking.seal : undefined
}
