import type { BlockDelta, Delta } from './delta.ts'

type TextDelta = Extract<BlockDelta, { type: 'text' }>

/**
 * Streams repeat themselves: an event of text is mostly the one before it but for its text. Comparing the two costs
 * a fraction of parsing it.
 */
export interface RepeatedText {
  /** What an event says that is otherwise the last one; undefined where it has to be parsed. */
  read(data: string): TextDelta | undefined
  /** @param deltas What came of an event that was parsed. */
  learn(data: string, deltas: readonly Delta[]): void
}

export interface TextEvents {
  /** Matches what stands before the text: the name of its member. */
  readonly before: RegExp
  /** Values behind the text that change and say nothing of it: whole numbers, or what stands between quotes. */
  readonly changing?: RegExp
}

interface Frame {
  /** Up to the text, its opening quote included. */
  readonly head: string
  /** What follows the text from its closing quote on, without the values that change. */
  readonly rest: readonly string[]
  readonly index: number
}

/** Who has not repeated itself so often is not asked again: to look costs as much as to parse. */
const patience = 4

const quote = '"'

/**
 * @example
 * const repeated = createRepeatedText({ before: /"text":$/ })
 * repeated.learn('{"text":"a"}', [{ type: 'text', index: 0, text: 'a' }])
 * repeated.read('{"text":"b"}') // { type: 'text', index: 0, text: 'b' }
 */
export function createRepeatedText({ before, changing }: TextEvents): RepeatedText {
  let frame: Frame | undefined
  let chances = patience

  function frameOf(data: string, { text, index }: TextDelta): Frame | undefined {
    const literal = JSON.stringify(text)
    const at = data.indexOf(literal)
    if (at < 0 || at !== data.lastIndexOf(literal) || !before.test(data.slice(0, at))) return undefined
    const tail = data.slice(at + literal.length - 1)
    return { head: data.slice(0, at + 1), rest: changing ? tail.split(changing) : [tail], index }
  }

  return {
    read(data) {
      if (frame === undefined || data.slice(0, frame.head.length) !== frame.head) return undefined
      const start = frame.head.length
      const end = data.indexOf(quote, start)
      if (!endsAlike(data, end, frame.rest)) return undefined
      const text = unescaped(data.slice(start, end))
      if (text === '') return undefined
      chances = patience
      return { type: 'text', index: frame.index, text }
    },
    learn(data, deltas) {
      const [delta] = deltas
      frame = undefined
      if (chances === 0 || deltas.length !== 1 || delta?.type !== 'text' || delta.logprobs) return
      chances -= 1
      frame = frameOf(data, delta)
    },
  }
}

function endsAlike(data: string, from: number, rest: readonly string[]): boolean {
  let at = from
  for (let index = 0; index < rest.length; index += 1) {
    const piece = rest[index] ?? ''
    if (index > 0) at = endOfChange(data, at)
    if (at < 0 || data.slice(at, at + piece.length) !== piece) return false
    at += piece.length
  }
  return at === data.length
}

/** The end of what changes: of a string behind its quote, or of a number. */
function endOfChange(data: string, from: number): number {
  if (data[from - 1] === quote) return data.indexOf(quote, from)
  let at = from
  while (isDigit(data.charCodeAt(at))) at += 1
  return at
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** What a string says; '' where the quote behind it is an escaped one, so that it is not whole. */
function unescaped(raw: string): string {
  if (!raw.includes('\\')) return raw
  return raw.endsWith('\\') ? '' : JSON.parse(`"${raw}"`)
}
