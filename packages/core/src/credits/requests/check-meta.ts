import { checkObject, refuseMember } from './check-member.ts'

/** More levels than any record has; what contains itself has no end of them. */
const deepest = 32
/** Characters of names and texts, and eight for each value: far below what a store takes in one statement. */
const largest = 1_048_576

/**
 * Metadata is written as JSON, by some stores long after their answer, when nobody can be told any more that it
 * cannot be. So it is looked through before.
 *
 * @throws GatewayError `invalid_request` for what is no JSON, or is larger or deeper than every store keeps.
 */
export function checkMeta(meta: unknown): void {
  checkObject(meta, 'meta')
  if (sizeOf(meta as object, 1) > largest) refuseMember('meta', `must be at most ${largest} characters`)
}

function sizeOf(value: object, depth: number): number {
  if (depth > deepest)
    refuseMember('meta', `must have at most ${deepest} levels, and must not contain itself`)
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') refuseValue()
  let size = 8
  if (Array.isArray(value)) for (const item of value) size += sizeOfMember(item, depth)
  else for (const name in value) size += name.length + sizeOfMember((value as Members)[name], depth)
  return size
}

type Members = Readonly<Record<string, unknown>>

/** What is undefined is left out by JSON, and a number that is none is null there: nothing is lost with either. */
function sizeOfMember(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length + 8
  if (typeof value === 'object' && value !== null) return sizeOf(value, depth + 1)
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') refuseValue()
  return 8
}

function refuseValue(): never {
  refuseMember('meta', 'must be plain JSON: objects, arrays, texts, numbers, true, false and null')
}
