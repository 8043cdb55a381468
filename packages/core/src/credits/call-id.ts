import { randomBytes } from 'node:crypto'

const prefix = 'call_'
const timeDigits = 9
const shape = /^call_[0-9a-z]{9}[0-9a-f]{20}$/

let pool = Buffer.alloc(0)
let used = 0

/** Ten random bytes as hex; the pool keeps the system call off the way of most calls. */
function randomHex(): string {
  if (used === pool.length) {
    pool = randomBytes(10 * 256)
    used = 0
  }
  used += 10
  return pool.toString('hex', used - 10, used)
}

/** Of the moment that ids were made at last: many calls share it. */
let stamp = { at: -1, digits: '' }

function timeOf(at: number): string {
  if (at !== stamp.at) stamp = { at, digits: at.toString(36).padStart(timeDigits, '0') }
  return stamp.digits
}

/**
 * Makes the id of a call, which is also the id of its hold and of its ledger row. It starts with its creation
 * time, so that stores can refuse an id older than what they remember instead of executing it anew.
 *
 * @example
 * const id = createCallId() // call_0mi3w2k9q… : 80 random bits after nine digits of time, base 36
 */
export function createCallId(at: number = Date.now()): string {
  return `${prefix}${timeOf(at)}${randomHex()}`
}

/** What was asked last: a store asks more than once on the way of a call. */
let answered: { readonly id: string; readonly madeAt: number | undefined } = { id: '', madeAt: undefined }

/** When the id was made, milliseconds since the epoch; undefined when it is no call id. */
export function callIdTime(id: string): number | undefined {
  if (id === answered.id) return answered.madeAt
  const digits = shape.test(id) ? id.slice(prefix.length, prefix.length + timeDigits) : undefined
  answered = { id, madeAt: digits === undefined ? undefined : Number.parseInt(digits, 36) }
  return answered.madeAt
}
