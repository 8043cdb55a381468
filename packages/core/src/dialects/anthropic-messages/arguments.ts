import { isJsonObject, type JsonObject } from '../json.ts'

/** The member that stands for arguments which are no JSON object. */
const invalid = 'rawInvalidInput'

/**
 * JSON text of a tool call's arguments as the object that `input` must be.
 *
 * @example
 * parseArguments('{"a":1}') // { a: 1 }
 */
export function parseArguments(json: string): JsonObject {
  if (json.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(json)
    if (isJsonObject(value)) return value
  } catch {
    // What a model once wrote is kept for it to see, well-formed or not.
  }
  return { [invalid]: json }
}

/** What the model wrote where `parseArguments` could not read it; undefined for any other input. */
export function wroteNoJson(input: JsonObject): string | undefined {
  const [name, ...others] = Object.keys(input)
  const written = name === invalid && others.length === 0 ? input[invalid] : undefined
  return typeof written === 'string' ? written : undefined
}
