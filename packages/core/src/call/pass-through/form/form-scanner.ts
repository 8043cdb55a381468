import { malformedForm } from './malformed-form.ts'
import { type PartHead, readPartHead } from './part-head.ts'

/** What a scanner finds. Offsets are of the whole body. */
export interface FormEvents {
  part(head: PartHead): void
  /** A part that is no file, whole. */
  field(field: FoundField): void
}

export interface FoundField {
  readonly name: string
  readonly value: string
  /** Of the value, `[start, end)`. */
  readonly start: number
  readonly end: number
}

/** Finds the parts of a form while its bytes pass, and keeps none of its files. */
export interface FormScanner {
  /** @throws GatewayError `invalid_request` */
  push(chunk: Buffer): void
  /** @throws GatewayError `invalid_request` when the form is not complete. */
  finish(): void
}

const mostHead = 16_384
/** The longest text that any endpoint takes is a prompt of 32,000 characters. */
const mostField = 262_144
const mostParts = 1000
const headEnd = '\r\n\r\n'

type State = 'start' | 'delimiter' | 'head' | 'field' | 'file' | 'end'

/** @param boundary Without its dashes. */
export function createFormScanner(boundary: string, events: FormEvents): FormScanner {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  let state: State = 'start'
  let rest: Buffer = Buffer.alloc(0)
  /** Of the first byte of `rest`. */
  let offset = 0
  let parts = 0
  let head: PartHead | undefined

  const skip = (bytes: number) => {
    rest = rest.subarray(bytes)
    offset += bytes
  }
  const open = (): boolean => {
    const first = delimiter.subarray(2)
    if (rest.length < first.length) return false
    if (!rest.subarray(0, first.length).equals(first))
      throw malformedForm('it does not begin with its boundary')
    skip(first.length)
    state = 'delimiter'
    return true
  }
  const afterDelimiter = (): boolean => {
    if (rest.length < 2) return false
    const next = rest.toString('latin1', 0, 2)
    if (next !== '\r\n' && next !== '--') throw malformedForm('something stands behind a boundary')
    skip(2)
    state = next === '--' ? 'end' : 'head'
    return state === 'head'
  }
  const readHead = (): boolean => {
    const end = rest.indexOf(headEnd, 0, 'latin1')
    if ((end < 0 ? rest.length : end) > mostHead) throw malformedForm('the head of a part is too long')
    if (end < 0) return false
    head = readPartHead(rest.toString('utf8', 0, end))
    // The line end in front of a delimiter may be the one behind an empty head.
    skip(end + headEnd.length)
    parts += 1
    if (parts > mostParts) throw malformedForm(`it has more than ${mostParts} parts`)
    events.part(head)
    state = head.isFile ? 'file' : 'field'
    return true
  }
  const readField = (): boolean => {
    const end = rest.indexOf(delimiter)
    const { name } = head as PartHead
    if ((end < 0 ? rest.length : end) > mostField)
      throw malformedForm(`the field "${name.slice(0, 64)}" is too long`)
    if (end < 0) return false
    events.field({ name, value: rest.toString('utf8', 0, end), start: offset, end: offset + end })
    skip(end + delimiter.length)
    state = 'delimiter'
    return true
  }
  const passFile = (): boolean => {
    const end = rest.indexOf(delimiter)
    if (end < 0) {
      skip(Math.max(0, rest.length - delimiter.length + 1))
      return false
    }
    skip(end + delimiter.length)
    state = 'delimiter'
    return true
  }
  const steps: Readonly<Record<State, () => boolean>> = {
    start: open,
    delimiter: afterDelimiter,
    head: readHead,
    field: readField,
    file: passFile,
    // What stands behind the last boundary is nobody's.
    end: () => {
      skip(rest.length)
      return false
    },
  }
  return {
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      while (steps[state]()) {
        // Each step takes something.
      }
    },
    finish() {
      if (state !== 'end') throw malformedForm('it ends before its last boundary')
    },
  }
}
