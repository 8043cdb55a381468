import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromWire, toWire } from './wire-text.ts'

test('any text comes back from its bytes, one character a byte', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), (text) => {
      const bytes = toWire(text)
      expect(bytes.length).toBe(Buffer.byteLength(text))
      expect(fromWire(bytes)).toBe(text)
    }),
  )
})
