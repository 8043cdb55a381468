/** An object out of a provider's answer, of which nothing is taken for granted. */
export type Fields = Readonly<Record<string, unknown>>

const none: Fields = {}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member that is an object; undefined for anything else. */
export function objectAt(fields: Fields, name: string): Fields | undefined {
  const value = fields[name]
  return isFields(value) ? value : undefined
}

/** A member that is an object; an empty one for anything else, since details may be null or absent. */
export function detailsAt(fields: Fields, name: string): Fields {
  return objectAt(fields, name) ?? none
}

/** The objects in a member that is an array. */
export function objectsAt(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name]
  return Array.isArray(value) ? value.filter(isFields) : []
}

/** A member that is text; undefined when it is empty, as some servers fill members they do not know. */
export function textAt(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** True when any of these members is a number: an object without one reports nothing. */
export function hasCount(fields: Fields, names: readonly string[]): boolean {
  return names.some((name) => typeof fields[name] === 'number')
}

/** Reads the counts of one usage object and keeps a note of what does not add up. */
export interface CountReader {
  /** A count; absent and null are 0. Fractions (seconds) are rounded up. */
  count(fields: Fields, name: string): number
  /** What is left of a total without the sum of its parts; never below 0. */
  rest(name: string, total: number, parts: number): number
  /** Undefined when all was well. */
  anomalies(): readonly string[] | undefined
}

/** Creates the reader of one usage object. */
export function createCountReader(): CountReader {
  let notes: string[] | undefined
  const note = (text: string) => {
    notes ??= []
    notes.push(text)
  }
  return {
    count(fields, name) {
      const value = fields[name]
      if (value === undefined || value === null) return 0
      const count = typeof value === 'number' ? Math.ceil(value) : -1
      if (Number.isSafeInteger(count) && count >= 0) return count
      note(`${name} is not a count`)
      return 0
    },
    rest(name, total, parts) {
      const left = total - parts
      if (left >= 0) return left
      note(`${name} is ${-left} below the sum of its parts`)
      return 0
    },
    anomalies: () => notes,
  }
}
