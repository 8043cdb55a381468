import { isJsonObject } from '../json.ts'

/** Reads the text in `{"input": "…"}` while the JSON still comes, wherever it is cut. */
export interface InputReader {
  /** The text that these characters complete. */
  push(json: string): string
  /** All that was not told yet: of arguments that are something else, they themselves. */
  end(): string
}

const opening = /^\s*\{\s*"input"\s*:\s*"/
/** Longer beginnings than this are something else. */
const longestOpening = 64

export function createInputReader(): InputReader {
  let json = ''
  /** Where in `json` the next character of the string is; -1 until the string has begun. */
  let at = -1
  let isClosed = false
  let told = false

  function take(): string {
    if (at === -1) at = opening.exec(json.slice(0, longestOpening))?.[0].length ?? -1
    if (at === -1 || isClosed) return ''
    const end = endOfWhole(json, at)
    const piece = json.slice(at, end)
    at = end
    isClosed = json[at] === '"'
    const text = decode(piece)
    told ||= text !== ''
    return text
  }

  return {
    push(more) {
      json += more
      return take()
    },
    end: () => (told || isClosed ? '' : wholeInput(json)),
  }
}

/** The end of what can be decoded: the closing quote, or the beginning of an escape that is not there in full. */
function endOfWhole(json: string, from: number): number {
  let at = from
  while (at < json.length && json[at] !== '"') {
    if (json[at] !== '\\') at += 1
    else {
      const length = json[at + 1] === 'u' ? 6 : 2
      if (at + length > json.length) return at
      at += length
    }
  }
  return at
}

function decode(piece: string): string {
  try {
    return JSON.parse(`"${piece}"`) as string
  } catch {
    // Models write line ends and invalid escapes into strings; what they meant is plain enough.
    return piece
  }
}

function wholeInput(json: string): string {
  try {
    const value: unknown = JSON.parse(json)
    if (isJsonObject(value) && typeof value.input === 'string') return value.input
  } catch {
    // Not JSON: the text itself, perhaps.
  }
  return json
}
