import type { CustomTool, FunctionTool, Tool, ToolChoice } from '../conversation.ts'
import {
  booleanMember,
  invalidMember,
  memberOf,
  type Place,
  pathOf,
  placeAt,
  placeMember,
  placesMember,
  requiredPlace,
  requiredString,
  stringMember,
  unsupportedMember,
} from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'
import { parseCache } from './parse-cache.ts'
import { parseExtras, understoodMembers } from './parse-extras.ts'

/** `tools` and, for clients from before there were tools, `functions`. */
export function parseChatTools(body: Place): readonly Tool[] {
  const functions = placesMember(body, 'functions').map((place) => parseFunction(place, place))
  return [...placesMember(body, 'tools').map(parseTool), ...functions]
}

const understood = understoodMembers('type', 'function', 'custom')

function parseTool(tool: Place): Tool {
  const type = toolType(tool)
  const parsed =
    type === 'custom'
      ? parseCustom(requiredPlace(tool, type), tool)
      : parseFunction(requiredPlace(tool, type), tool)
  return { ...parsed, ...parseExtras(tool, understood) }
}

/** `tool_choice` and its predecessor `function_call`. */
export function parseChatToolChoice(body: Place): ToolChoice | undefined {
  const legacy = memberOf(body, 'tool_choice') === undefined
  const name = legacy ? 'function_call' : 'tool_choice'
  const choice = memberOf(body, name)
  if (choice === undefined) return undefined
  if (typeof choice === 'string') return modeOf(choice, name)
  const place = placeAt(choice, name)
  if (legacy) return { type: 'tool', name: requiredString(place, 'name') }
  if (stringMember(place, 'type') === 'allowed_tools')
    return parseAllowed(requiredPlace(place, 'allowed_tools'))
  return { type: 'tool', name: toolName(place) }
}

function toolName(place: Place): string {
  return requiredString(requiredPlace(place, toolType(place)), 'name')
}

function modeOf(mode: string, path: string): ToolChoice {
  if (mode === 'auto' || mode === 'none' || mode === 'required') return { type: mode }
  throw invalidMember(path, '`auto`, `none`, `required` or an object')
}

function parseAllowed(place: Place): ToolChoice {
  const names = placesMember(place, 'tools').map(toolName)
  return { type: 'allowed', names, mode: stringMember(place, 'mode') === 'required' ? 'required' : 'auto' }
}

function parseFunction(place: Place, outer: Place): FunctionTool {
  return {
    type: 'function',
    name: requiredString(place, 'name'),
    path: outer.path,
    ...withoutAbsent({
      description: stringMember(place, 'description'),
      parameters: placeMember(place, 'parameters')?.value,
      strict: booleanMember(place, 'strict'),
      cache: parseCache(outer) ?? parseCache(place),
    }),
  }
}

/** The hub has a grammar in the words of Responses, where its members stand beside the type. */
function parseCustom(place: Place, outer: Place): CustomTool {
  const format = placeMember(place, 'format')
  const grammar = format && placeMember(format, 'grammar')
  return {
    type: 'custom',
    name: requiredString(place, 'name'),
    path: outer.path,
    ...withoutAbsent({
      description: stringMember(place, 'description'),
      format: grammar === undefined ? format?.value : { type: 'grammar', ...grammar.value },
      cache: parseCache(outer),
    }),
  }
}

function toolType(place: Place): 'function' | 'custom' {
  const type = requiredString(place, 'type')
  if (type === 'function' || type === 'custom') return type
  throw unsupportedMember(
    pathOf(place, 'type'),
    `Tools of type "${type}" are not available on this model; only "function" and "custom" are.`,
  )
}
