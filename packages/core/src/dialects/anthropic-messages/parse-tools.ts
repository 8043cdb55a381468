import type { Tool, ToolChoice } from '../conversation.ts'
import {
  booleanMember,
  invalidMember,
  type Place,
  pathOf,
  placeMember,
  placesMember,
  requiredString,
  stringMember,
} from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'
import { keepOf, parseCache, wholeOf } from './parse-located.ts'

const named = new Set(['type', 'name', 'description', 'input_schema', 'strict'])

/** The client's own tools, and those that the provider defines or runs, which only it knows. */
export function parseTools(body: Place): readonly Tool[] {
  return placesMember(body, 'tools').map((tool) => {
    const type = stringMember(tool, 'type') ?? 'custom'
    return type === 'custom' ? parseFunction(tool) : parseServerTool(tool, type)
  })
}

function parseFunction(tool: Place): Tool {
  return {
    type: 'function',
    name: requiredString(tool, 'name'),
    ...withoutAbsent({
      description: stringMember(tool, 'description'),
      parameters: placeMember(tool, 'input_schema')?.value,
      strict: booleanMember(tool, 'strict'),
    }),
    ...keepOf(tool, named),
  }
}

function parseServerTool(tool: Place, type: string): Tool {
  const cache = parseCache(tool)
  const { path } = tool
  return { type: 'server', name: type, value: wholeOf(tool), path, ...withoutAbsent({ cache }) }
}

export interface ParsedChoice {
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
}

export function parseToolChoice(body: Place): ParsedChoice {
  const choice = placeMember(body, 'tool_choice')
  if (choice === undefined) return {}
  const serial = booleanMember(choice, 'disable_parallel_tool_use') === true
  return { toolChoice: choiceOf(choice), ...(serial ? { parallelToolCalls: false } : {}) }
}

function choiceOf(choice: Place): ToolChoice {
  const type = requiredString(choice, 'type')
  switch (type) {
    case 'auto':
    case 'none':
      return { type }
    case 'any':
      return { type: 'required' }
    case 'tool':
      return { type, name: requiredString(choice, 'name') }
    default:
      throw invalidMember(pathOf(choice, 'type'), '`auto`, `any`, `tool` or `none`')
  }
}
