import { isJsonObject, type JsonObject } from '../json.ts'
import { invalidMember } from '../members.ts'
import { camelMembers } from './camel-place.ts'

/** Members whose numbers are written as strings where a client sends 64-bit integers as JSON must. */
const counts = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])
/** Hints to Google's decoder alone. `nullable` and the order of properties are said in other ways. */
const left = new Set(['propertyOrdering', 'nullable'])
const deepest = 100

/**
 * A `Schema` of Google's, which is of OpenAPI's kind, as the JSON Schema that says the same.
 *
 * @param path Where it was, for errors.
 * @throws GatewayError `invalid_request` for a schema nested deeper than 100 levels.
 */
export function jsonSchemaOf(schema: JsonObject, path: string, depth = 0): JsonObject {
  if (depth > deepest) throw invalidMember(path, `a schema of at most ${deepest} levels`)
  const source = camelMembers(schema)
  const inner = (value: unknown) => (isJsonObject(value) ? jsonSchemaOf(value, path, depth + 1) : value)
  const members = Object.entries(source)
    .filter(([name]) => !left.has(name))
    .map(([name, value]): [string, unknown] => [name, memberOf(name, value, inner)])
  const properties = isJsonObject(source.properties)
    ? { properties: ordered(mapValues(source.properties, inner), source.propertyOrdering) }
    : {}
  return withNull({ ...Object.fromEntries(members), ...properties }, source.nullable === true)
}

function memberOf(name: string, value: unknown, inner: (value: unknown) => unknown): unknown {
  if (name === 'type') return typeOf(value)
  if (name === 'items' || name === 'additionalProperties') return inner(value)
  if ((name === 'anyOf' || name === 'prefixItems') && Array.isArray(value)) return value.map(inner)
  if ((name === 'defs' || name === '$defs') && isJsonObject(value)) return mapValues(value, inner)
  return counts.has(name) && typeof value === 'string' ? Number(value) : value
}

/** `STRING`, and the plain words that clients send as well. */
function typeOf(type: unknown): unknown {
  return typeof type === 'string' ? type.toLowerCase() : type
}

function mapValues(value: JsonObject, map: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, map(member)]))
}

function ordered(properties: JsonObject, ordering: unknown): JsonObject {
  if (!Array.isArray(ordering)) return properties
  const first = ordering.filter((name) => typeof name === 'string' && Object.hasOwn(properties, name))
  return { ...Object.fromEntries(first.map((name) => [name, properties[name]])), ...properties }
}

function withNull(schema: JsonObject, nullable: boolean): JsonObject {
  if (!nullable) return schema
  const { type, enum: values } = schema
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] }
  const choices = Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}
  return { ...schema, type: [type, 'null'], ...choices }
}
