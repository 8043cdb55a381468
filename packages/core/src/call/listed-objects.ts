import { bodyOf, sliceBody } from '../bytes/body-bytes.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { findMember, type JsonMembers, scanMembers } from './json-members.ts'
import { endOfString } from './json-string.ts'

/** Far more than a model takes in; to look at millions of empty ones takes seconds. */
const mostObjects = 65_536

const quote = 0x22
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/**
 * The objects in a member that is a list, one at a time, with their members found but not parsed; a member that is an
 * object is a list of one.
 *
 * @param members Of a body that has been scanned, so that its brackets fit.
 * @param isWanted Those that it is false for are passed over, and not looked into.
 * @throws GatewayError `invalid_request`, on the way, for an object that names a member twice, which who reads it
 * another way would read otherwise, and for too many of them.
 * @example
 * // of {"input":[{"type":"message"},"text"]}
 * for (const item of listedObjects(members, 'input')) readMember(item, 'type') // 'message'
 */
export function* listedObjects(
  members: JsonMembers,
  name: string,
  isWanted: (object: Buffer) => boolean = () => true,
): Generator<JsonMembers, void> {
  const span = findMember(members, name)
  if (!span) return
  const [first = Buffer.alloc(0), ...others] = sliceBody(members.body, span.start, span.end)
  const bytes = others.length === 0 ? first : Buffer.concat([first, ...others])
  if (bytes[0] === openBrace && isWanted(bytes)) yield scanned(bytes)
  if (bytes[0] !== openBracket) return
  let count = 0
  for (const [start, end] of nestedIn(bytes)) {
    if (++count > mostObjects) throw tooMany(name)
    const object = bytes.subarray(start, end)
    if (object[0] === openBrace && isWanted(object)) yield scanned(object)
  }
}

function tooMany(name: string): GatewayError {
  const message = `"${name}" may have ${mostObjects} members at most.`
  return new GatewayError({ code: 'invalid_request', message, param: name })
}

function scanned(object: Buffer): JsonMembers {
  return scanMembers(bodyOf([object]))
}

/** Where the objects and lists begin and end that a list has in it. */
function* nestedIn(bytes: Buffer): Generator<readonly [start: number, end: number], void> {
  let depth = 0
  let start = 0
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at++]
    if (byte === quote) at = endOfString(bytes, at)
    else if (byte === openBrace || byte === openBracket) {
      if (++depth === 2) start = at - 1
    } else if (byte === closeBrace || byte === closeBracket) {
      if (--depth === 1) yield [start, at]
    }
  }
}
