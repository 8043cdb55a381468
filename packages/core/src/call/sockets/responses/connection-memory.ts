import { textOf } from '../../../bytes/body-bytes.ts'
import { isJsonObject, type JsonObject } from '../../../dialects/json.ts'
import { findMember, type JsonMembers, readMember } from '../../json-members.ts'

/**
 * What a connection knows of its last answer where nobody else keeps it, so that the next request may name it as
 * `previous_response_id` and send nothing but what is new.
 */
export interface ConnectionMemory {
  /**
   * The whole input of a request, as JSON text: what its last answer went on from, that answer, and what is new.
   * Undefined for a request that goes on from nothing that is known here.
   */
  wholeInput(members: JsonMembers): string | undefined
  /** A request goes out, with its whole input. */
  asked(members: JsonMembers): void
  /** The data of an event of its answer. */
  heard(data: string): void
  /** Its answer is over, whether or not there was one to go on from. */
  ended(): void
  /** Nothing goes on from its last answer any more. */
  forget(): void
}

interface Exchanged {
  /** Items as JSON text, with commas between them. */
  readonly items: string
  readonly isKeptNowhere: boolean
}

const itemDone = 'response.output_item.done'
const isItem = (data: string) => data.includes(`"${itemDone}"`)
const ends = /"response\.(completed|incomplete)"/

/**
 * One connection's; it holds the text of one conversation, of the length that a body may have.
 *
 * @param onKept How many characters it keeps now.
 */
export function createConnectionMemory(onKept: (length: number) => void): ConnectionMemory {
  let last: { readonly id: string; readonly items: string } | undefined
  let open: Exchanged | undefined
  let output: string[] = []

  function finish({ id, store }: JsonObject): void {
    const { items, isKeptNowhere } = open as Exchanged
    open = undefined
    if (typeof id !== 'string' || !(isKeptNowhere || store === false)) return
    last = { id, items: joined([items, ...output]) }
    onKept(last.items.length)
  }

  return {
    ended() {
      open = undefined
      output = []
    },
    forget() {
      last = undefined
    },
    wholeInput(members) {
      if (!last || readMember(members, 'previous_response_id') !== last.id) return undefined
      return `[${joined([last.items, itemsOf(members)])}]`
    },
    asked(members) {
      open = { items: itemsOf(members), isKeptNowhere: readMember(members, 'store') === false }
      output = []
    },
    heard(data) {
      if (!open || !(isItem(data) || ends.test(data))) return
      const event = parsed(data)
      // What cannot be read may have been an item: nothing goes on from an answer that is not known whole.
      if (!event) open = undefined
      else if (event.type === itemDone) {
        if (isSendable(event.item)) output.push(JSON.stringify(event.item))
      } else if (ends.test(JSON.stringify(event.type)) && isJsonObject(event.response)) finish(event.response)
    },
  }
}

/** Providers send what is no JSON too; undefined for that. */
function parsed(data: string): JsonObject | undefined {
  try {
    const event: unknown = JSON.parse(data)
    return isJsonObject(event) ? event : undefined
  } catch {
    return undefined
  }
}

/** Reasoning that is not sealed is known by its id alone, and nobody keeps what that stands for. */
function isSendable(item: unknown): item is JsonObject {
  return isJsonObject(item) && !(item.type === 'reasoning' && typeof item.encrypted_content !== 'string')
}

/** A text alone is one message. */
function itemsOf(members: JsonMembers): string {
  const span = findMember(members, 'input')
  const text = span ? textOf(members.body, span.start, span.end).trim() : ''
  if (text.startsWith('[')) return text.slice(1, -1).trim()
  return text.startsWith('"') ? `{"type":"message","role":"user","content":${text}}` : ''
}

function joined(items: readonly string[]): string {
  return items.filter((item) => item !== '').join(',')
}
