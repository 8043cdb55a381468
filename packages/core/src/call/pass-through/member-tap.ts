import { isJsonObject, type JsonObject } from '../../dialects/json.ts'

/** Reads some top-level members out of JSON that passes by, alone or as events of a stream, and keeps nothing else. */
export interface MemberTap {
  push(chunk: string): void
  /** What was found, the last of each name. */
  readonly found: Readonly<Record<string, unknown>>
}

const mostKept = 65_536
const quote = '"'
const structural = /["{}[\]:,]/g

/**
 * Strings are passed over by looking for their end, so that a picture inside of one costs next to nothing.
 *
 * @param names Of members whose values are small.
 */
export function createMemberTap(names: ReadonlySet<string>): MemberTap {
  const found: Record<string, unknown> = {}
  let depth = 0
  let isInString = false
  /** An odd number of backslashes stands at the end of what has come. */
  let isEscaped = false
  /** The string that has begun is a name of the outermost object. */
  let isName = false
  let name = ''
  /** The value of the member that is being read. */
  let value: string | undefined
  let expectsName = false

  const keep = (text: string) => {
    if (isName && isInString) name = (name + text).slice(0, 256)
    if (value !== undefined) value = value.length + text.length > mostKept ? undefined : value + text
  }
  const endString = () => {
    isInString = false
    if (!isName) return
    isName = false
    expectsName = false
  }
  /** Returns where to go on. */
  const readString = (chunk: string, from: number): number => {
    if (isEscaped) {
      isEscaped = false
      keep(chunk.slice(from, from + 1))
      return from + 1
    }
    const end = chunk.indexOf(quote, from)
    const until = end < 0 ? chunk.length : end
    const slash = chunk.indexOf('\\', from)
    if (slash >= 0 && slash < until) {
      keep(chunk.slice(from, slash + 1))
      isEscaped = true
      return slash + 1
    }
    keep(chunk.slice(from, end < 0 ? until : end))
    if (end < 0) return until
    if (value !== undefined) value += quote
    endString()
    return end + 1
  }
  const finishValue = () => {
    if (value === undefined) return
    const text = value
    value = undefined
    try {
      found[name] = JSON.parse(text)
    } catch {
      // It is no JSON.
    }
  }
  const startString = () => {
    isInString = true
    isName = depth === 1 && expectsName
    if (isName) name = ''
    if (value !== undefined) value += quote
  }
  const open = (mark: string) => {
    if (value !== undefined) value += mark
    depth += 1
    if (depth === 1) expectsName = mark === '{'
  }
  const close = (mark: string) => {
    if (depth === 1) finishValue()
    if (depth > 0) depth -= 1
    if (value !== undefined) value += mark
  }
  const separate = (mark: string) => {
    if (depth === 1 && mark === ',') {
      finishValue()
      expectsName = true
    } else if (depth === 1 && mark === ':') value = names.has(name) ? '' : undefined
    else if (value !== undefined) value += mark
  }
  const act = (mark: string) => {
    if (mark === quote) {
      // Outside of all JSON it is text between events.
      if (depth > 0) startString()
    } else if (mark === '{' || mark === '[') open(mark)
    else if (mark === '}' || mark === ']') close(mark)
    else separate(mark)
  }
  return {
    found,
    push(chunk) {
      let at = 0
      while (at < chunk.length) {
        if (isInString) {
          at = readString(chunk, at)
          continue
        }
        structural.lastIndex = at
        const match = structural.exec(chunk)
        const end = match ? match.index : chunk.length
        if (value !== undefined) value += chunk.slice(at, end)
        if (match) act(match[0])
        at = end + 1
      }
    },
  }
}

/** What stands for an error at the top of an answer. */
export function errorIn(found: Readonly<Record<string, unknown>>): JsonObject | undefined {
  return isJsonObject(found.error) ? found.error : undefined
}
