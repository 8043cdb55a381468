import { elementsOf, type Members, membersOf } from './members.ts'

/** A value that fits a JSON Schema in the plain cases: of an object only the required properties. */
export function exampleValue(schema: unknown): unknown {
  const members = membersOf(schema)
  const given = members.const ?? members.default ?? elementsOf(members.enum)[0]
  if (given !== undefined) return given
  const choice = elementsOf(members.anyOf ?? members.oneOf ?? members.allOf)[0]
  if (choice !== undefined) return exampleValue(choice)
  return exampleOfType(Array.isArray(members.type) ? members.type[0] : members.type, members)
}

/** An object with the required properties of its schema. */
export function exampleObject(schema: Members): Members {
  const properties = membersOf(schema.properties)
  const required = elementsOf(schema.required).filter((name) => typeof name === 'string')
  return Object.fromEntries(required.map((name) => [name, exampleValue(properties[name])]))
}

function exampleOfType(type: unknown, schema: Members): unknown {
  switch (type) {
    case 'object':
      return exampleObject(schema)
    case 'array':
      return Number(schema.minItems) > 0 ? [exampleValue(schema.items)] : []
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 1
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return 'example'
  }
}
