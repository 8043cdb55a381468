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
import { parseAssistantParts } from './parse-assistant.ts'
import { parseCache } from './parse-cache.ts'
import { parseContent, parseResultContent, parseTextContent } from './parse-content.ts'
import { parseExtras, understoodMembers } from './parse-extras.ts'

const understood = understoodMembers(
  'role',
  'content',
  'refusal',
  'thinking_blocks',
  'reasoning_content',
  'reasoning',
  'tool_calls',
  'function_call',
  'tool_call_id',
  'is_error',
)

/** `messages`, in order, each with the path it has in the client's body. */
export function parseChatMessages(body: Place): readonly Message[] {
  if (listMember(body, 'messages') === undefined) throw invalidMember('messages', 'a list')
  let legacyCallId: string | undefined
  /** Calls of tools that take free text. */
  const custom = new Set<string>()

  function parseMessage(place: Place): Message {
    if (memberOf(place, 'function_call') !== undefined) legacyCallId = legacyId(place)
    const role = requiredString(place, 'role')
    const { path } = place
    switch (role) {
      case 'system':
      case 'developer':
        return { role: 'system', path, parts: marked(parseTextContent(place), place) }
      case 'user':
        return { role, path, parts: marked(parseContent(place), place) }
      case 'assistant': {
        const parts = parseAssistantParts(place, legacyId(place))
        for (const part of parts) if (part.type === 'tool-call' && part.custom) custom.add(part.id)
        return { role, path, parts: marked(parts, place) }
      }
      case 'tool':
        return { role, path, parts: [parseResult(place, requiredString(place, 'tool_call_id'), custom)] }
      case 'function':
        return { role: 'tool', path, parts: [parseResult(place, legacyCallId ?? '', custom)] }
      default:
        throw invalidMember(pathOf(place, 'role'), 'system, developer, user, assistant, tool or function')
    }
  }

  return placesMember(body, 'messages').map((place) => ({
    ...parseMessage(place),
    ...parseExtras(place, understood),
  }))
}

/** A legacy function call has no id: the message's own place serves, and its result follows at once. */
function legacyId(place: Place): string {
  return `call_${place.path.replace('.', '_')}`
}

function parseResult(place: Place, callId: string, custom: ReadonlySet<string>): ToolResultPart {
  const cache = parseCache(place)
  const parts = parseResultContent(place)
  const isError = memberOf(place, 'is_error') === true
  return {
    type: 'tool-result',
    callId,
    parts,
    path: place.path,
    ...(isError ? { isError } : {}),
    ...(custom.has(callId) && { custom: true }),
    ...(cache === undefined ? {} : { cache }),
  }
}

/** A breakpoint on a whole message stands behind its last part; thinking cannot carry one. */
function marked(parts: readonly Part[], place: Place): readonly Part[] {
  const cache = parseCache(place)
  const last = parts.findLastIndex((part) => part.type !== 'thinking')
  if (cache === undefined || last === -1) return parts
  return parts.map((part, index) => (index === last ? { ...part, cache: part.cache ?? cache } : part))
}
