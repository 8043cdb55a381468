import type { CustomTool, FunctionTool, Tool } from '../conversation.ts'
import { booleanMember, type Place, placeMember, requiredString, stringMember } from '../members.ts'
import { parseCache } from '../openai-chat/parse-cache.ts'
import { withoutAbsent } from '../without-absent.ts'
import { flatName } from './namespaces.ts'
import { listedPlaces, restOf } from './places.ts'

/** `tools`, with those of namespaces as tools of their own. */
export function parseTools(body: Place): readonly Tool[] {
  return listedPlaces(body, 'tools').flatMap((place): readonly Tool[] => {
    const type = requiredString(place, 'type')
    if (type === 'namespace') return parseNamespace(place)
    return [parseTool(place, type) ?? { type: 'server', name: type, value: place.value, path: place.path }]
  })
}

function parseTool(place: Place, type: string): FunctionTool | CustomTool | undefined {
  if (type === 'custom') return parseCustom(place)
  return type === 'function' ? parseFunction(place) : undefined
}

const ofNamespaces = new Set(['type', 'tools'])

function parseNamespace(space: Place): readonly Tool[] {
  const namespace = restOf(space, ofNamespaces)
  const name = requiredString(space, 'name')
  return listedPlaces(space, 'tools').map((place) => {
    const tool = stringMember(place, 'type') === 'custom' ? parseCustom(place) : parseFunction(place)
    return { ...tool, name: flatName(name, tool.name), extras: { ...tool.extras, namespace } }
  })
}

const ofFunctions = new Set([
  'type',
  'function',
  'name',
  'description',
  'parameters',
  'strict',
  'cache_control',
  'prompt_cache_breakpoint',
])

/** Some clients that post to Chat's path write the function as Chat does, one level further down. */
function parseFunction(outer: Place): FunctionTool {
  const place = placeMember(outer, 'function') ?? outer
  return {
    type: 'function',
    name: requiredString(place, 'name'),
    path: outer.path,
    ...withoutAbsent({
      description: stringMember(place, 'description'),
      parameters: placeMember(place, 'parameters')?.value,
      strict: booleanMember(place, 'strict'),
      cache: parseCache(outer),
      extras: restOf(outer, ofFunctions),
    }),
  }
}

const ofCustom = new Set([
  'type',
  'name',
  'description',
  'format',
  'cache_control',
  'prompt_cache_breakpoint',
])

function parseCustom(place: Place): CustomTool {
  return {
    type: 'custom',
    name: requiredString(place, 'name'),
    path: place.path,
    ...withoutAbsent({
      description: stringMember(place, 'description'),
      format: placeMember(place, 'format')?.value,
      cache: parseCache(place),
      extras: restOf(place, ofCustom),
    }),
  }
}
