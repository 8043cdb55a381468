import { isJsonObject, type JsonObject } from '../json.ts'
import { invalidMember } from '../members.ts'

/** Keywords that the constrained decoder refuses; their meaning goes into the description. */
const described = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'not',
])
const copied = new Set([
  '$schema',
  '$id',
  '$ref',
  'title',
  'description',
  'default',
  'const',
  'enum',
  'type',
  'required',
])
const schemas = new Set(['items'])
const schemaLists = new Set(['anyOf', 'allOf'])
const schemaMaps = new Set(['properties', '$defs', 'definitions'])
const formats = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
])
const deepest = 100

/**
 * The schema as structured outputs take it: `oneOf` as `anyOf`, objects closed, unsupported keywords said in
 * the description, so that the model still knows what the decoder cannot enforce.
 *
 * @throws GatewayError `invalid_request` for a schema nested deeper than 100 levels.
 */
export function sanitizeSchema(schema: JsonObject, depth = 0): JsonObject {
  if (depth > deepest) throw invalidMember('response_format', `a schema of at most ${deepest} levels`)
  const remarks: string[] = []
  const members = Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
    if (isRemark(keyword, value)) {
      remarks.push(`${inWords(keyword)}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      return []
    }
    return sanitizeMember(keyword, value, depth + 1)
  })
  const clean: JsonObject = Object.fromEntries(members)
  const object = isObjectSchema(schema) ? { additionalProperties: false } : {}
  return { ...clean, ...object, ...describe(clean.description, remarks) }
}

function sanitizeMember(keyword: string, value: unknown, depth: number): [string, unknown][] {
  const inner = (item: unknown) => (isJsonObject(item) ? sanitizeSchema(item, depth) : item)
  const list = () => (Array.isArray(value) ? value.map(inner) : inner(value))
  if (copied.has(keyword) || keyword === 'format') return [[keyword, value]]
  if (schemas.has(keyword) || schemaLists.has(keyword)) return [[keyword, list()]]
  if (keyword === 'oneOf') return [['anyOf', list()]]
  if (!schemaMaps.has(keyword) || !isJsonObject(value)) return []
  return [[keyword, Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inner(item)]))]]
}

function isRemark(keyword: string, value: unknown): boolean {
  if (keyword === 'format') return !formats.has(String(value))
  return described.has(keyword) && value !== false && value !== null
}

function describe(description: unknown, remarks: readonly string[]): JsonObject {
  if (remarks.length === 0) return {}
  const said = typeof description === 'string' ? `${description}\n` : ''
  return { description: `${said}${remarks.join('; ')}.` }
}

/** `minLength` → `min length`. */
function inWords(keyword: string): string {
  return keyword.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

export function isObjectSchema(schema: JsonObject): boolean {
  return schema.type === 'object' || isJsonObject(schema.properties)
}
