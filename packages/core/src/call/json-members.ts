import { type BodyBytes, textOf } from '../bytes/body-bytes.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { createJsonScanner, malformed } from './json-scanner.ts'

/** Where a top-level member's value stands in the bytes: `[start, end)`. */
export interface MemberSpan {
  readonly name: string
  /** Of its name, with the quote. */
  readonly nameStart: number
  readonly start: number
  readonly end: number
}

/** Top-level members of a JSON object in the order they came, found without parsing their values. */
export interface JsonMembers {
  readonly body: BodyBytes
  /** By name in lower case: to some providers `Model` and `model` are one member. */
  readonly spans: ReadonlyMap<string, MemberSpan>
  /** Offset of the closing brace. */
  readonly close: number
}

/** Many times what any request has; to find millions takes seconds, in which nobody else is served. */
const mostMembers = 1024

/**
 * Finds the top-level members of a JSON body. Members named twice are refused: a gateway that bills one `model`
 * while the provider runs another has been robbed.
 *
 * @throws GatewayError `invalid_request` when the body is no JSON object, names a member twice (in whatever
 * letters), has more than 1,024 or nests deeper than 512.
 */
export function scanMembers(body: BodyBytes): JsonMembers {
  const spans = new Map<string, MemberSpan>()
  const scanner = createJsonScanner(({ nameStart, nameEnd, start, end }) => {
    const name = readName(body, nameStart, nameEnd)
    const folded = name.toLowerCase()
    if (spans.has(folded)) throw occursTwice(name)
    if (spans.size === mostMembers) throw tooMany()
    spans.set(folded, { name, nameStart, start, end })
  })
  for (const piece of body.pieces) scanner.read(piece)
  return { body, spans, close: scanner.finish() }
}

function tooMany(): GatewayError {
  const message = `An object of the request body may have ${mostMembers} members at most.`
  return new GatewayError({ code: 'invalid_request', message })
}

function occursTwice(name: string): GatewayError {
  const param = name.slice(0, 64)
  const message = `The member "${param}" occurs twice in the request body.`
  return new GatewayError({ code: 'invalid_request', message, param })
}

/** `"mod\u0065l"` is the member `model` to every provider, so escapes are undone before comparing. */
function readName(body: BodyBytes, start: number, end: number): string {
  const plain = textOf(body, start + 1, end - 1)
  if (!plain.includes('\\')) return plain
  try {
    return JSON.parse(textOf(body, start, end)) as string
  } catch (cause) {
    throw malformed(start, cause)
  }
}

/** Where a member of exactly this name stands. */
export function findMember({ spans }: JsonMembers, name: string): MemberSpan | undefined {
  const span = spans.get(name.toLowerCase())
  return span?.name === name ? span : undefined
}

/** The parsed value of one member; undefined when it is absent. */
export function readMember(members: JsonMembers, name: string): unknown {
  const span = findMember(members, name)
  if (!span) return undefined
  try {
    return JSON.parse(textOf(members.body, span.start, span.end))
  } catch (cause) {
    throw new GatewayError({
      code: 'invalid_request',
      message: `The member "${name}" of the request body is not valid JSON.`,
      param: name,
      cause,
    })
  }
}
