/** A parsed JSON object whose members are not known. Read it with `Object.hasOwn`-safe access only. */
export type JsonObject = Readonly<Record<string, unknown>>

/** True for plain JSON objects: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
