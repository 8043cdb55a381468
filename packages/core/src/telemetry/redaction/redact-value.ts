import { redactedMark, redactText } from './redact-text.ts'

/** Levels, and members of each, that are looked at; what is beyond is left out. */
const deepest = 8
const widest = 200

/** Members whose value is a secret whatever it looks like. */
const secretNames =
  /^(?:(?:proxy-)?authorization|cookie|set-cookie|x-(?:goog-)?api-key|api[-_]?key|password|passphrase|secret|secret[-_]?access[-_]?key|client[-_]?secret|private[-_]?key|token|(?:access|refresh|id|session|security)[-_]?token|x-amz-security-token)$/i

interface Walk {
  readonly secrets: readonly string[]
  /** What has been copied, so that what contains itself ends. */
  readonly copies: WeakMap<object, unknown>
}

/**
 * A copy of a value without its secrets: texts, names, members, errors with their stacks and causes. It never throws,
 * and it changes nothing of the original. An error stays an error, so that loggers treat it as one.
 */
export function redactValue(value: unknown, secrets: readonly string[]): unknown {
  return copy(value, { secrets, copies: new WeakMap() }, 0)
}

function copy(value: unknown, walk: Walk, depth: number): unknown {
  if (typeof value === 'string') return redactText(value, walk.secrets)
  if (typeof value === 'function' || typeof value === 'symbol')
    return redactText(String(value).slice(0, 100), walk.secrets)
  if (typeof value !== 'object' || value === null) return value
  if (walk.copies.has(value)) return walk.copies.get(value)
  if (depth > deepest) return '[deeper]'
  try {
    return copyObject(value, walk, depth)
  } catch {
    return '[unreadable]'
  }
}

function copyObject(value: object, walk: Walk, depth: number): unknown {
  if (value instanceof Date) return new Date(value)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (value instanceof Headers || value instanceof URLSearchParams || value instanceof Map)
    return copyPairs([...value.entries()], walk, depth)
  if (value instanceof URL) return redactText(value.href, walk.secrets)
  if (value instanceof Set || Array.isArray(value)) return copyList([...value], value, { walk, depth })
  return copyMembers(value, walk, depth)
}

function copyPairs(pairs: readonly (readonly [unknown, unknown])[], walk: Walk, depth: number): unknown {
  const members = pairs.slice(0, widest).map(([name, value]) => [String(name), value] as const)
  return fill({}, members, { walk, depth })
}

interface Place {
  readonly walk: Walk
  readonly depth: number
}

function copyList(items: readonly unknown[], original: object, { walk, depth }: Place): unknown[] {
  const list: unknown[] = []
  walk.copies.set(original, list)
  for (const item of items.slice(0, widest)) list.push(copy(item, walk, depth + 1))
  if (items.length > widest) list.push(`[${items.length - widest} more]`)
  return list
}

/** What a value says of itself for JSON is what it wants to be shown as. */
function copyMembers(value: object, walk: Walk, depth: number): unknown {
  if (value instanceof Error) return copyError(value, walk, depth)
  const shown = (value as { toJSON?: unknown }).toJSON
  if (typeof shown === 'function') return copy(shown.call(value), walk, depth + 1)
  const target = {}
  walk.copies.set(value, target)
  return fill(target, membersOf(value, Object.keys(value)), { walk, depth })
}

/** With its class, and with what is not enumerable in an error and is printed all the same. */
function copyError(error: Error, walk: Walk, depth: number): Error {
  const target: Error = Object.create(Object.getPrototypeOf(error))
  walk.copies.set(error, target)
  const hidden = ['message', 'stack', 'cause', 'errors'].filter((name) => Object.hasOwn(error, name))
  fill(target, membersOf(error, hidden), { walk, depth })
  for (const name of hidden) Object.defineProperty(target, name, { enumerable: false })
  fill(target, membersOf(error, Object.keys(error)), { walk, depth })
  // Marks of a class, by which copies of a package know each other's errors.
  for (const mark of Object.getOwnPropertySymbols(error))
    if (Reflect.get(error, mark) === true) Reflect.set(target, mark, true)
  return target
}

function membersOf(value: object, names: readonly string[]): (readonly [string, unknown])[] {
  return names.slice(0, widest).map((name) => [name, read(value, name)] as const)
}

function read(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name]
  } catch {
    return '[unreadable]'
  }
}

/** As own members, whatever the prototype makes of their names. */
function fill(target: object, members: Iterable<readonly [string, unknown]>, { walk, depth }: Place): object {
  for (const [name, value] of members) {
    const isSecret = secretNames.test(name) && value !== undefined && value !== null
    Object.defineProperty(target, redactText(name, walk.secrets), {
      value: isSecret ? redactedMark : copy(value, walk, depth + 1),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return target
}
