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
import { type Seal, unpackSeal } from '../seal.ts'
import { parseContent } from './parse-content.ts'
import { parseExtras } from './parse-extras.ts'

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

/** `thinking_blocks` carry signatures and win; the others say the same without one. */
function parseThinking(place: Place): readonly ThinkingPart[] {
  const blocks = lastPiece(placesMember(place, 'thinking_blocks'))
  if (blocks.length > 0) return blocks.map(parseThinkingBlock)
  for (const name of ['reasoning_content', 'reasoning']) {
    const text = stringMember(place, name)
    if (text) return [{ type: 'thinking', text, path: `${place.path}.${name}` }]
  }
  return []
}

/**
 * A client that joins the pieces of a stream, each of which has the blocks before it, sends one, then one and two, and
 * so on: the last piece is all of them.
 */
function lastPiece(blocks: readonly Place[]): readonly Place[] {
  const count = (Math.sqrt(8 * blocks.length + 1) - 1) / 2
  if (!Number.isInteger(count) || count < 2) return blocks
  const told = blocks.map(({ value }) => JSON.stringify(value))
  const last = told.slice(-count)
  const joined = last.flatMap((_block, at) => last.slice(0, at + 1))
  const isJoined = new Set(last).size === count && joined.every((block, at) => block === told[at])
  return isJoined ? blocks.slice(-count) : blocks
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

const understood = new Set(['id', 'index', 'type', 'function', 'custom', 'extra_content'])

function parseToolCall(call: Place): ToolCallPart {
  const type = stringMember(call, 'type') ?? 'function'
  if (type !== 'function' && type !== 'custom') {
    throw unsupportedMember(
      `${call.path}.type`,
      `Tool calls of type "${type}" are not available on this model.`,
    )
  }
  const seal = parseSeal(call)
  const head = { id: requiredString(call, 'id'), path: call.path, ...(seal === undefined ? {} : { seal }) }
  const body = requiredPlace(call, type)
  const extras = parseExtras(call, understood)
  if (type === 'function') return { ...callOf(body, head), ...extras }
  const { name, input } = { name: requiredString(body, 'name'), input: stringMember(body, 'input') ?? '' }
  return { type: 'tool-call', ...head, name, arguments: input, custom: true, ...extras }
}

/** Google's own convention for the signatures of its models. */
function parseSeal(call: Place): Seal | undefined {
  const extra = placeMember(call, 'extra_content')
  const google = extra && placeMember(extra, 'google')
  const signature = google && stringMember(google, 'thought_signature')
  return signature ? unpackSeal(signature, 'google') : undefined
}

function parseLegacyCall(place: Place, id: string): readonly ToolCallPart[] {
  const call = placeMember(place, 'function_call')
  return call === undefined ? [] : [callOf(call, { id, path: call.path })]
}

function callOf(place: Place, head: Pick<ToolCallPart, 'id' | 'path' | 'seal'>): ToolCallPart {
  const json = stringMember(place, 'arguments') ?? ''
  return { type: 'tool-call', ...head, name: requiredString(place, 'name'), arguments: json }
}
