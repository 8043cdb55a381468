import { isJsonObject, type JsonObject } from '../json.ts'

const lists = ['anyOf', 'allOf', 'oneOf', 'prefixItems']
const maps = ['properties', '$defs', 'definitions']

/** Whether a schema keeps OpenAI's rules for strict ones: every property required, and no others. */
export function isStrictSchema(schema: unknown): boolean {
  if (!isJsonObject(schema)) return true
  if (isObjectSchema(schema) && !isClosed(schema)) return false
  return (
    isStrictSchema(schema.items) &&
    lists.every((name) => itemsOf(schema[name]).every(isStrictSchema)) &&
    maps.every((name) => valuesOf(schema[name]).every(isStrictSchema))
  )
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || properties !== undefined
}

function isClosed({ additionalProperties, properties, required }: JsonObject): boolean {
  const names = isJsonObject(properties) ? Object.keys(properties) : []
  return additionalProperties === false && names.every((name) => itemsOf(required).includes(name))
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function valuesOf(value: unknown): readonly unknown[] {
  return isJsonObject(value) ? Object.values(value) : []
}
