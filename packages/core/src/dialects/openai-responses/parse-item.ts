import type { Message, Part, ToolCallPart, ToolResultPart } from '../conversation.ts'
import {
  invalidMember,
  memberOf,
  type Place,
  pathOf,
  requiredString,
  stringMember,
  unsupportedMember,
} from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'
import { flatName } from './namespaces.ts'
import { parseAssistantContent, parseContent, parseResultContent, parseTextContent } from './parse-content.ts'
import { parseReasoning } from './parse-reasoning.ts'
import { restOf } from './places.ts'

/** One item of `input` as a message of its own. */
export function parseItem(place: Place): Message {
  const type = stringMember(place, 'type') ?? (memberOf(place, 'role') === undefined ? undefined : 'message')
  switch (type) {
    case 'message':
      return parseMessage(place)
    case 'reasoning':
      return { role: 'assistant', path: place.path, parts: parseReasoning(place) }
    case 'function_call':
    case 'custom_tool_call':
      return { role: 'assistant', path: place.path, parts: [parseCall(place, type === 'custom_tool_call')] }
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { role: 'tool', path: place.path, parts: [parseOutput(place, type !== 'function_call_output')] }
    case undefined:
    case 'item_reference':
      throw unsupportedMember(
        place.path,
        'This model does not know items that another answer stored. Send the items themselves, with `store: false`.',
      )
    default:
      return opaqueItem(place, type)
  }
}

const ofMessages = new Set(['type', 'role', 'content'])

function parseMessage(place: Place): Message {
  const role = requiredString(place, 'role')
  const { path } = place
  switch (role) {
    case 'system':
    case 'developer':
      return { role: 'system', path, parts: parseTextContent(place) }
    case 'user':
      return { role, path, parts: parseContent(place, 'content') }
    case 'assistant':
      return { role, path, parts: parseAssistantParts(place) }
    default:
      throw invalidMember(pathOf(place, 'role'), '`user`, `assistant`, `system` or `developer`')
  }
}

/** Items of one turn are merged: the members of the item itself travel with its first part. */
function parseAssistantParts(place: Place): readonly Part[] {
  const parts = parseAssistantContent(place)
  const message = restOf(place, ofMessages)
  if (message === undefined) return parts
  return parts.map((part, index) => (index > 0 ? part : { ...part, extras: { ...part.extras, message } }))
}

const ofCalls = new Set(['type', 'call_id', 'name', 'arguments', 'input'])

function parseCall(place: Place, isCustom: boolean): ToolCallPart {
  return {
    type: 'tool-call',
    id: requiredString(place, 'call_id'),
    name: flatName(stringMember(place, 'namespace'), requiredString(place, 'name')),
    arguments: isCustom ? requiredString(place, 'input') : (stringMember(place, 'arguments') ?? ''),
    path: place.path,
    ...(isCustom && { custom: true }),
    ...withoutAbsent({ extras: restOf(place, ofCalls) }),
  }
}

const ofOutputs = new Set(['type', 'call_id', 'output'])

function parseOutput(place: Place, isCustom: boolean): ToolResultPart {
  return {
    type: 'tool-result',
    callId: requiredString(place, 'call_id'),
    parts: memberOf(place, 'output') === undefined ? [] : parseResultContent(place),
    path: place.path,
    ...(isCustom && { custom: true }),
    ...withoutAbsent({ extras: restOf(place, ofOutputs) }),
  }
}

/** What the client says to tools of this API, where the type does not end in `_output`. */
const fromClient = new Set([
  'mcp_approval_response',
  'additional_tools',
  'configuration_update',
  'compaction_trigger',
])

function opaqueItem({ value, path }: Place, type: string): Message {
  const role = type.endsWith('_output') || fromClient.has(type) ? 'user' : 'assistant'
  return { role, path, parts: [{ type: 'opaque', value, path }] }
}
