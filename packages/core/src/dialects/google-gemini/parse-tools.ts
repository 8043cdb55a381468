import type { FunctionTool, ServerTool, Tool, ToolChoice } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import {
  invalidMember,
  listMember,
  type Place,
  pathOf,
  placeMember,
  requiredString,
  stringMember,
} from '../members.ts'
import { withoutAbsent } from '../without-absent.ts'
import { camelPlaceMember, camelPlacesMember } from './camel-place.ts'
import { jsonSchemaOf } from './openapi-schema.ts'

const described = new Set(['name', 'description', 'parameters', 'parametersJsonSchema'])

/** Each entry of `tools` holds functions, or tools of Google's own by their names, or both. */
export function parseTools(body: Place): readonly Tool[] {
  return camelPlacesMember(body, 'tools').flatMap((place) => [
    ...camelPlacesMember(place, 'functionDeclarations').map(parseFunction),
    ...Object.entries(place.value)
      .filter(([name, value]) => name !== 'functionDeclarations' && value !== null)
      .map(([name, value]): ServerTool => {
        return { type: 'server', name, value: { [name]: value }, path: pathOf(place, name) }
      }),
  ])
}

function parseFunction(place: Place): FunctionTool {
  const { path } = place
  const schema = placeMember(place, 'parameters')
  const parameters =
    placeMember(place, 'parametersJsonSchema')?.value ??
    (schema === undefined ? undefined : jsonSchemaOf(schema.value, schema.path))
  const others = Object.entries(place.value).filter(([name]) => !described.has(name))
  return {
    type: 'function',
    name: requiredString(place, 'name'),
    path,
    ...withoutAbsent({ description: stringMember(place, 'description'), parameters }),
    ...(others.length === 0 ? {} : { extras: Object.fromEntries(others) }),
  }
}

export interface ParsedToolConfig {
  readonly toolChoice?: ToolChoice
  /** Members of `toolConfig` without a place in the hub, by their paths. */
  readonly extensions: JsonObject
}

export function parseToolConfig(body: Place): ParsedToolConfig {
  const config = camelPlaceMember(body, 'toolConfig')
  if (config === undefined) return { extensions: {} }
  const calling = camelPlaceMember(config, 'functionCallingConfig')
  const { functionCallingConfig: _calling, ...others } = config.value
  const toolChoice = calling === undefined ? undefined : parseChoice(calling)
  return {
    extensions: { ...prefixed('toolConfig', others), ...callingExtensions(calling?.value ?? {}) },
    ...withoutAbsent({ toolChoice }),
  }
}

function parseChoice(place: Place): ToolChoice | undefined {
  const mode = stringMember(place, 'mode')?.toUpperCase() ?? 'AUTO'
  const names = parseNames(place)
  const [only] = names
  switch (mode) {
    case 'NONE':
      return { type: 'none' }
    case 'ANY':
      if (only === undefined) return { type: 'required' }
      return names.length === 1 ? { type: 'tool', name: only } : { type: 'allowed', names, mode: 'required' }
    case 'AUTO':
    case 'VALIDATED':
    case 'MODE_UNSPECIFIED':
      return only === undefined ? { type: 'auto' } : { type: 'allowed', names, mode: 'auto' }
    default:
      throw invalidMember(pathOf(place, 'mode'), '`AUTO`, `ANY`, `NONE` or `VALIDATED`')
  }
}

function parseNames(place: Place): readonly string[] {
  const names = listMember(place, 'allowedFunctionNames') ?? []
  return names.map((name, at) => {
    if (typeof name === 'string') return name
    throw invalidMember(`${pathOf(place, 'allowedFunctionNames')}.${at}`, 'a string')
  })
}

/** With names `VALIDATED` is how this API says that only these may be called, which the hub can say as well. */
function callingExtensions({ mode, allowedFunctionNames: names, ...others }: JsonObject): JsonObject {
  const isNamed = Array.isArray(names) && names.length > 0
  const validated = String(mode).toUpperCase() === 'VALIDATED' && !isNamed ? { mode } : {}
  return prefixed('toolConfig.functionCallingConfig', { ...validated, ...others })
}

/** Members by their paths, without those that are not set. */
export function prefixed(path: string, members: JsonObject): JsonObject {
  const set = Object.entries(members).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(set.map(([name, value]) => [`${path}.${name}`, value]))
}
