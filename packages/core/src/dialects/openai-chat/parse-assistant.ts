import type { Part, ThinkingPart, ToolCallPart } from '../conversation.ts'
import {
  memberOf,
  type Place,
  placeMember,
  placesMember,
  requiredPlace,
  requiredString,
  stringMember,
  unsupportedMember,
} from '../members.ts'
import { unpackSeal } from '../seal.ts'
import { parseContent } from './parse-content.ts'

/** An assistant turn in the order in which a model produces it: thinking, text, tool calls. */
export function parseAssistantParts(place: Place, legacyId: string): readonly Part[] {
  const content = memberOf(place, 'content') === undefined ? [] : parseContent(place)
  const refusal = stringMember(place, 'refusal')
  return [
    ...parseThinking(place),
    ...content,
    ...(refusal === undefined ? [] : [{ type: 'refusal', text: refusal, path: place.path } as const]),
    ...placesMember(place, 'tool_calls').map(parseToolCall),
    ...parseLegacyCall(place, legacyId),
  ]
}

/** `thinking_blocks` carry signatures and win; bare `reasoning_content` says the same without one. */
function parseThinking(place: Place): readonly ThinkingPart[] {
  const blocks = placesMember(place, 'thinking_blocks')
  if (blocks.length > 0) return blocks.map(parseThinkingBlock)
  const text = stringMember(place, 'reasoning_content')
  return text ? [{ type: 'thinking', text, path: `${place.path}.reasoning_content` }] : []
}

function parseThinkingBlock(block: Place): ThinkingPart {
  const isRedacted = memberOf(block, 'type') === 'redacted_thinking'
  const text = isRedacted ? '' : (stringMember(block, 'thinking') ?? '')
  const sealed = isRedacted ? requiredString(block, 'data') : stringMember(block, 'signature')
  const seal = sealed === undefined ? undefined : unpackSeal(sealed, 'anthropic')
  return {
    type: 'thinking',
    text,
    path: block.path,
    ...(seal === undefined ? {} : { seal }),
    ...(isRedacted && { redacted: true }),
  }
}

function parseToolCall(call: Place): ToolCallPart {
  const type = stringMember(call, 'type') ?? 'function'
  if (type !== 'function') {
    throw unsupportedMember(
      `${call.path}.type`,
      `Tool calls of type "${type}" are not available on this model.`,
    )
  }
  return callOf(requiredPlace(call, 'function'), { id: requiredString(call, 'id'), path: call.path })
}

function parseLegacyCall(place: Place, id: string): readonly ToolCallPart[] {
  const call = placeMember(place, 'function_call')
  return call === undefined ? [] : [callOf(call, { id, path: call.path })]
}

function callOf(place: Place, { id, path }: { id: string; path: string }): ToolCallPart {
  const json = stringMember(place, 'arguments') ?? ''
  return { type: 'tool-call', id, name: requiredString(place, 'name'), arguments: json, path }
}
