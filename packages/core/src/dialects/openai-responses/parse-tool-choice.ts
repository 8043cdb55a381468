import type { Tool, ToolChoice } from '../conversation.ts'
import { invalidMember, memberOf, type Place, placeAt, requiredString, stringMember } from '../members.ts'
import { listedPlaces } from './places.ts'

/** `tool_choice`. Tools that the provider runs itself are named by their type. */
export function parseToolChoice(body: Place, tools: readonly Tool[]): ToolChoice | undefined {
  const choice = memberOf(body, 'tool_choice')
  if (choice === undefined) return undefined
  if (typeof choice === 'string') return modeOf(choice)
  const place = placeAt(choice, 'tool_choice')
  if (requiredString(place, 'type') === 'allowed_tools') return parseAllowed(place, tools)
  const [name = ''] = namesOf(place, tools)
  return { type: 'tool', name }
}

function modeOf(mode: string): ToolChoice {
  if (mode === 'auto' || mode === 'none' || mode === 'required') return { type: mode }
  throw invalidMember('tool_choice', '`auto`, `none`, `required` or an object')
}

function parseAllowed(place: Place, tools: readonly Tool[]): ToolChoice {
  const names = listedPlaces(place, 'tools').flatMap((tool) => namesOf(tool, tools))
  return { type: 'allowed', names, mode: stringMember(place, 'mode') === 'required' ? 'required' : 'auto' }
}

function namesOf(place: Place, tools: readonly Tool[]): readonly string[] {
  const type = requiredString(place, 'type')
  if (type === 'namespace') {
    const start = `${requiredString(place, 'name')}__`
    return tools.filter((tool) => isNamespaced(tool) && tool.name.startsWith(start)).map(({ name }) => name)
  }
  return type === 'function' || type === 'custom' ? [knownName(requiredString(place, 'name'), tools)] : [type]
}

/** A tool of a namespace is chosen by its own name alone. */
function knownName(name: string, tools: readonly Tool[]): string {
  if (tools.some((tool) => tool.name === name)) return name
  return tools.find((tool) => isNamespaced(tool) && tool.name.endsWith(`__${name}`))?.name ?? name
}

function isNamespaced(tool: Tool): boolean {
  return tool.extras?.namespace !== undefined
}
