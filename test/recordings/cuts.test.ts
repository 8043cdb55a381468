import { describe, expect, test } from 'vitest'
import type { Delta } from '../../packages/core/src/dialects/delta.ts'
import { parseStream, renderStream } from '../translation/translation.ts'
import type { WireDialect } from '../upstream/wire.ts'
import { recordedAnswers } from './answers.ts'

const clients: readonly WireDialect[] = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'google-gemini',
]
/** Of one answer; long ones are cut at as many places, spread evenly. */
const mostCuts = 60

const hasEnd = (deltas: readonly Delta[]) => deltas.some(({ type }) => type === 'finish')
const bytesOf = (pieces: readonly string[]) => pieces.map((piece) => Buffer.from(piece))

function placesOf(endsAt: number): readonly number[] {
  const step = Math.max(1, endsAt / mostCuts)
  const count = Math.min(endsAt, mostCuts)
  return [...Array.from({ length: count }, (_, index) => Math.floor(index * step)), endsAt]
}

describe.each(recordedAnswers.filter(({ reading }) => reading.reason !== undefined))('$name', (answer) => {
  test('cut anywhere before its end, it has none in any dialect', () => {
    for (const place of placesOf(answer.reading.endsAt)) {
      const deltas = parseStream(answer.dialect, bytesOf(answer.pieces.slice(0, place)))
      expect(hasEnd(deltas)).toBe(false)
      for (const client of clients) {
        const shown = parseStream(client, bytesOf([renderStream(client, deltas)]))
        expect(hasEnd(shown)).toBe(false)
      }
    }
  })
})
