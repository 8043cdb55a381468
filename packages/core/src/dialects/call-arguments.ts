import { isJsonObject, type JsonObject } from './json.ts'

/** JSON text of a tool call's arguments as an object, for APIs that carry them as one. */
export function parseCallArguments(json: string): JsonObject {
  if (json.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(json)
    if (isJsonObject(value)) return value
  } catch {
    // What a model once wrote is kept for it to see, well-formed or not.
  }
  return { rawInvalidInput: json }
}
