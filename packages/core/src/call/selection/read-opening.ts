import { textOf } from '../../bytes/body-bytes.ts'
import { findMember, type JsonMembers } from '../json-members.ts'

/** Where dialects put the messages of a conversation. */
const conversations = ['messages', 'input', 'contents', 'prompt'] as const
/** Bytes that are looked at; a picture in the first message goes in as far as that. */
const mostOpening = 65_536

const isInstruction = /"role"\s*:\s*"(system|developer)"/

/**
 * How a conversation begins: the text of its messages up to the first that is no instruction, as far as that lies within the
 * first 64 KiB. Later turns begin alike.
 */
export function readOpening(members: JsonMembers): string {
  const span = conversations
    .map((name) => findMember(members, name))
    .find((candidate) => candidate !== undefined)
  if (!span) return ''
  const text = textOf(members.body, span.start, Math.min(span.end, span.start + mostOpening))
  if (!text.startsWith('[')) return text
  let from = 1
  for (;;) {
    const end = endOfItem(text, from)
    if (!isInstruction.test(text.slice(from, end))) return text.slice(0, end).trimEnd()
    from = end + 1
  }
}

/** Where the item of a list ends that begins at `from`: at the comma or bracket behind it, or where the text is cut. */
function endOfItem(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    const mark = text[at]
    if (mark === '"') at = endOfText(text, at)
    else if (mark === '{' || mark === '[') depth += 1
    else if (depth === 0 && (mark === ',' || mark === ']')) return at
    else if (mark === '}' || mark === ']') depth -= 1
  }
  return text.length
}

/** The closing quote of the text that opens at `from`. */
function endOfText(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0
    while (text[at - 1 - escapes] === '\\') escapes += 1
    if (escapes % 2 === 0) return at
  }
  return text.length
}
