import type { FunctionTool, Tool, ToolChoice } from '../conversation.ts'
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

/** `tools` and, for clients from before there were tools, `functions`. */
export function parseChatTools(body: Place): readonly Tool[] {
  const tools = placesMember(body, 'tools').map((tool) => {
    functionType(tool)
    return parseFunction(requiredPlace(tool, 'function'), tool)
  })
  const functions = placesMember(body, 'functions').map((place) => parseFunction(place, place))
  return [...tools, ...functions]
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
  functionType(place)
  return { type: 'tool', name: requiredString(requiredPlace(place, 'function'), 'name') }
}

function modeOf(mode: string, path: string): ToolChoice {
  if (mode === 'auto' || mode === 'none' || mode === 'required') return { type: mode }
  throw invalidMember(path, '`auto`, `none`, `required` or an object')
}

function parseAllowed(place: Place): ToolChoice {
  const names = placesMember(place, 'tools').map((tool) => {
    functionType(tool)
    return requiredString(requiredPlace(tool, 'function'), 'name')
  })
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

function functionType(place: Place): void {
  const type = requiredString(place, 'type')
  if (type === 'function') return
  throw unsupportedMember(
    pathOf(place, 'type'),
    `Tools of type "${type}" are not available on this model; only "function" is.`,
  )
}
