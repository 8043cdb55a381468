import { isJsonObject, type JsonObject } from '../json.ts'

/** Arguments of a call that come value by value, each with the path at which it belongs. */
export interface PartialArguments {
  /** Members that come whole. */
  merge(args: unknown): void
  /** Google's `PartialArg`: a path and one value, or a piece of a string that the next one goes on with. */
  add(argument: unknown): void
  json(): string
}

type Container = Record<string, unknown> | unknown[]

/** Deeper arguments than these are not a model's. */
const deepest = 100

export function createPartialArguments(): PartialArguments {
  const root = emptyObject()
  return {
    merge(args) {
      if (isJsonObject(args)) Object.assign(root, args)
    },
    add(argument) {
      if (!isJsonObject(argument)) return
      const path = parsePath(argument.jsonPath)
      const value = givenValue(argument)
      if (path.length > 0 && path.length <= deepest && value !== undefined) write(root, path, value)
    },
    json: () => JSON.stringify(root),
  }
}

/** Without a prototype, so that no name in an answer means anything but itself. */
function emptyObject(): Record<string, unknown> {
  return Object.create(null)
}

const segment = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/gy

/** `$.items[0]['a b']` as names and positions; empty for anything else. */
function parsePath(path: unknown): readonly (string | number)[] {
  if (typeof path !== 'string' || !path.startsWith('$')) return []
  const segments: (string | number)[] = []
  segment.lastIndex = 1
  while (segment.lastIndex < path.length) {
    const match = segment.exec(path)
    if (match === null) return []
    const [, name, position, single, double] = match
    const quoted = (single ?? double)?.replace(/\\(.)/g, '$1')
    segments.push(position === undefined ? (name ?? quoted ?? '') : Number(position))
  }
  return segments
}

function givenValue({ stringValue, numberValue, boolValue, nullValue }: JsonObject): unknown {
  if (nullValue !== undefined) return null
  return stringValue ?? numberValue ?? boolValue
}

function write(root: Container, path: readonly (string | number)[], value: unknown): void {
  let container = root
  for (const [index, key] of path.slice(0, -1).entries()) {
    const inner = read(container, key)
    const next = isContainer(inner) ? inner : typeof path[index + 1] === 'number' ? [] : emptyObject()
    if (next !== inner) put(container, key, next)
    container = next
  }
  const last = path.at(-1) ?? ''
  const before = read(container, last)
  const goesOn = typeof before === 'string' && typeof value === 'string'
  put(container, last, goesOn ? before + value : value)
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null
}

function read(container: Container, key: string | number): unknown {
  return Array.isArray(container) ? container[Number(key)] : container[key]
}

/** A list is filled in order: a position beyond its end is its end. */
function put(container: Container, key: string | number, value: unknown): void {
  if (!Array.isArray(container)) container[key] = value
  else if (typeof key === 'number') container[Math.min(key, container.length)] = value
}
