import type { Part, TextPart, ThinkingPart, ToolCallPart, ToolResultPart } from '../conversation.ts'
import {
  booleanMember,
  invalidMember,
  listMember,
  memberOf,
  type Place,
  pathOf,
  placesMember,
  requiredPlace,
  requiredString,
  stringMember,
} from '../members.ts'
import { unpackSeal } from '../seal.ts'
import { wroteNoJson } from './arguments.ts'
import { keepOf, wholeOf } from './parse-located.ts'
import { parseDocument, parseImage, parseSearchResult } from './parse-media.ts'

const members = {
  text: new Set(['type', 'text']),
  thinking: new Set(['type', 'thinking', 'signature']),
  redacted: new Set(['type', 'data']),
  call: new Set(['type', 'id', 'name', 'input']),
  result: new Set(['type', 'tool_use_id', 'content', 'is_error']),
}
const none = new Set<string>()

/**
 * A member that is a string or a list of content blocks.
 *
 * @param parse Reads one of the blocks.
 */
export function parseBlocks<Kind extends Part>(
  place: Place,
  name: string,
  parse: (block: Place) => Kind,
): readonly (Kind | TextPart)[] {
  const content = memberOf(place, name)
  if (typeof content === 'string') return [{ type: 'text', text: content, path: pathOf(place, name) }]
  if (listMember(place, name) === undefined) {
    throw invalidMember(pathOf(place, name), 'a string or a list of content blocks')
  }
  return placesMember(place, name).map(parse)
}

/** Instructions are text and nothing else. */
export function parseSystemBlock(block: Place): TextPart {
  if (requiredString(block, 'type') === 'text') return parseText(block)
  throw invalidMember(block.path, 'a text block')
}

export function parseUserBlock(block: Place): Part {
  const type = requiredString(block, 'type')
  if (type === 'tool_use' || type === 'thinking' || type === 'redacted_thinking') {
    throw invalidMember(block.path, `no ${type}, which only assistants write`)
  }
  return type === 'tool_result' ? parseResult(block) : parseAnyBlock(block, type)
}

export function parseAssistantBlock(block: Place): Part {
  const type = requiredString(block, 'type')
  switch (type) {
    case 'thinking':
      return parseThinking(block)
    case 'redacted_thinking':
      return parseRedacted(block)
    case 'tool_use':
      return parseCall(block)
    case 'tool_result':
      throw invalidMember(block.path, 'no tool_result, which belongs in a user message')
    default:
      return parseAnyBlock(block, type)
  }
}

/** What the hub does not know is not lost: it goes back into this dialect, and elsewhere is remarked on. */
function parseAnyBlock(block: Place, type: string): Part {
  switch (type) {
    case 'text':
      return parseText(block)
    case 'image':
      return parseImage(block)
    case 'document':
      return parseDocument(block)
    case 'search_result':
      return parseSearchResult(block)
    default: {
      const { path, cache } = keepOf(block, none)
      return { type: 'opaque', value: wholeOf(block), path, ...(cache === undefined ? {} : { cache }) }
    }
  }
}

function parseText(block: Place): TextPart {
  return { type: 'text', text: requiredString(block, 'text'), ...keepOf(block, members.text) }
}

function parseThinking(block: Place): ThinkingPart {
  const text = requiredString(block, 'thinking')
  return { type: 'thinking', text, ...sealOf(block, 'signature'), ...keepOf(block, members.thinking) }
}

function parseRedacted(block: Place): ThinkingPart {
  requiredString(block, 'data')
  return {
    type: 'thinking',
    text: '',
    redacted: true,
    ...sealOf(block, 'data'),
    ...keepOf(block, members.redacted),
  }
}

function sealOf(block: Place, name: string): Pick<ThinkingPart, 'seal'> {
  const seal = unpackSeal(stringMember(block, name) ?? '', 'anthropic')
  return seal === undefined || seal.value === '' ? {} : { seal }
}

function parseCall(block: Place): ToolCallPart {
  const { value } = requiredPlace(block, 'input')
  return {
    type: 'tool-call',
    id: requiredString(block, 'id'),
    name: requiredString(block, 'name'),
    arguments: wroteNoJson(value) ?? JSON.stringify(value),
    ...keepOf(block, members.call),
  }
}

function parseResult(block: Place): ToolResultPart {
  const isEmpty = memberOf(block, 'content') === undefined
  const isError = booleanMember(block, 'is_error')
  return {
    type: 'tool-result',
    callId: requiredString(block, 'tool_use_id'),
    parts: isEmpty ? [] : parseBlocks(block, 'content', parseResultBlock),
    ...(isError === undefined ? {} : { isError }),
    ...keepOf(block, members.result),
  }
}

type ResultBlock = ToolResultPart['parts'][number]

/** Other blocks than these can only be shown as they are written. */
function parseResultBlock(block: Place): ResultBlock {
  const part = parseAnyBlock(block, requiredString(block, 'type'))
  if (part.type === 'text' || part.type === 'image' || part.type === 'document') return part
  return { type: 'text', text: JSON.stringify(wholeOf(block)), ...keepOf(block, none) }
}
