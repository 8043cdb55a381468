import { isJsonObject, type JsonObject } from '../json.ts'
import { isObjectSchema } from './sanitize-schema.ts'

/**
 * The API refuses more than 24 optional properties, and compiling the grammar times out on some hosts from
 * 11 on.
 */
const maximumOptional = 10

/**
 * Whether structured outputs can enforce the schema without refusing it or losing data: no recursion, no
 * objects with free member names, few optional properties.
 */
export function fitsStructuredOutputs(schema: JsonObject): boolean {
  let optional = 0
  let open = false
  const definitions = new Map<string, Set<string>>()

  function visit(node: unknown, definition: string): void {
    if (Array.isArray(node)) for (const item of node) visit(item, definition)
    if (!isJsonObject(node)) return
    if (typeof node.$ref === 'string') refsOf(definition).add(node.$ref)
    if (isObjectSchema(node)) {
      open ||= isOpen(node)
      optional += countOptional(node)
    }
    for (const [keyword, value] of Object.entries(node)) visitMember(keyword, value, definition)
  }

  function visitMember(keyword: string, value: unknown, definition: string): void {
    const named = keyword === '$defs' || keyword === 'definitions'
    if ((!named && keyword !== 'properties') || !isJsonObject(value)) visit(value, definition)
    else
      for (const [name, item] of Object.entries(value))
        visit(item, named ? `#/${keyword}/${name}` : definition)
  }

  function refsOf(definition: string): Set<string> {
    const refs = definitions.get(definition) ?? new Set()
    definitions.set(definition, refs)
    return refs
  }

  visit(schema, '#')
  return !open && optional <= maximumOptional && !isRecursive(definitions)
}

function isOpen({ additionalProperties, patternProperties, properties }: JsonObject): boolean {
  if (additionalProperties === true || isJsonObject(additionalProperties)) return true
  return isJsonObject(patternProperties) || (!isJsonObject(properties) && additionalProperties !== false)
}

function countOptional({ properties, required }: JsonObject): number {
  if (!isJsonObject(properties)) return 0
  const names = new Set(Array.isArray(required) ? required : [])
  return Object.keys(properties).filter((name) => !names.has(name)).length
}

/** Takes away definitions that refer to none of the others until none is left, or only circles are. */
function isRecursive(definitions: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const left = new Map(definitions)
  const settled = () => [...left].filter(([, refs]) => ![...refs].some((ref) => left.has(ref)))
  for (let done = settled(); done.length > 0; done = settled()) for (const [name] of done) left.delete(name)
  return left.size > 0
}
