import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bodyOf, textOf } from '../bytes/body-bytes.ts'
import { searchedBody } from './searched-body.ts'

/** As it would be written if time were nothing. */
function plainly(text: string): string {
  if (!/\\u00[4-7]/.test(text)) return text
  return text.replace(/\\u00([2-7][0-9a-fA-F])/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

const piece = fc.constantFrom(
  '\\',
  '\\u',
  '\\u00',
  '\\u0041',
  '\\u007F',
  '\\u0022',
  '\\U0041',
  '6',
  'ü',
  '"id"',
  ' ',
)

test('undoes escapes of ASCII, wherever a body is cut, and leaves the rest as it is', () => {
  fc.assert(
    fc.property(fc.array(fc.array(piece, { maxLength: 6 }), { maxLength: 4 }), (parts) => {
      const pieces = parts.map((part) => Buffer.from(part.join('')))
      const body = searchedBody(bodyOf(pieces))
      const text = body.pieces.map((each) => Buffer.from(each as Uint8Array).toString()).join('')
      expect(text).toBe(plainly(textOf(bodyOf(pieces))))
    }),
    { numRuns: 2000 },
  )
})

test('a body is read once, however often it is searched', () => {
  const body = bodyOf([Buffer.from('{"\\u0069d":1}')])
  expect(searchedBody(body)).toBe(searchedBody(body))
})
