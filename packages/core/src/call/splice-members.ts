import { type BodyBytes, bodyOf, sliceBody } from '../bytes/body-bytes.ts'
import { findMember, type JsonMembers, type MemberSpan, scanMembers } from './json-members.ts'

/**
 * The same bytes with some members' values replaced, appended where absent, or left out. Everything else,
 * big integers, key order and escapes included, stays as the client wrote it.
 *
 * @param edits JSON text by member name; undefined leaves the member out.
 */
export function spliceMembers(
  members: JsonMembers,
  edits: ReadonlyMap<string, string | undefined>,
): BodyBytes {
  const texts = new Map<string, string>()
  let hasGaps = false
  for (const [name, text] of edits) {
    if (text === undefined) hasGaps = true
    else texts.set(name, text)
  }
  return replace(hasGaps ? leaveOut(members, edits) : members, texts)
}

/** The members that remain, put together anew from their bytes. */
function leaveOut({ body, spans }: JsonMembers, edits: ReadonlyMap<string, string | undefined>): JsonMembers {
  const isLeft = ({ name }: MemberSpan) => !edits.has(name) || edits.get(name) !== undefined
  const pieces: Buffer[] = []
  for (const { nameStart, end } of [...spans.values()].filter(isLeft)) {
    pieces.push(Buffer.from(pieces.length === 0 ? '{' : ','), ...sliceBody(body, nameStart, end))
  }
  return scanMembers(bodyOf([...(pieces.length === 0 ? [Buffer.from('{')] : pieces), Buffer.from('}')]))
}

function replace(members: JsonMembers, edits: ReadonlyMap<string, string>): BodyBytes {
  const { body, spans, close } = members
  const present = [...edits].flatMap(([name, text]) => {
    const span = findMember(members, name)
    return span ? [{ ...span, text }] : []
  })
  present.sort((first, second) => first.start - second.start)
  const pieces: Buffer[] = []
  const keep = (start: number, end: number) => {
    for (const piece of sliceBody(body, start, end)) pieces.push(piece)
  }
  let from = 0
  for (const { start, end, text } of present) {
    keep(from, start)
    pieces.push(Buffer.from(text))
    from = end
  }
  keep(from, close)
  const added = [...edits]
    .filter(([name]) => !findMember(members, name))
    .map(([name, text]) => `${JSON.stringify(name)}:${text}`)
  if (added.length > 0) pieces.push(Buffer.from((spans.size > 0 ? ',' : '') + added.join(',')))
  keep(close, body.length)
  return bodyOf(pieces)
}
