import { describe, expect, it } from 'vitest'
import { type DialectName, dialectOf, recordedStreams } from '../recorded/recorded-stream.ts'
import { readAnswer } from './read-answer.ts'

const words = 5

function answer(dialect: DialectName): string {
  const { opening, text, closing } = recordedStreams[dialect]
  const texts = Array.from({ length: words }, (_, at) => text(at))
  return Buffer.concat([opening, ...texts, closing(words, true)]).toString()
}

describe.each(['chat', 'responses', 'messages', 'gemini'] as const)('an answer of %s', (dialect) => {
  const whole = answer(dialect)
  const first = recordedStreams[dialect].text(0).toString()

  it('is accepted as it was recorded', () => {
    expect(readAnswer(dialect, words, whole)).toBeUndefined()
  })

  it.each([
    ['a delta is missing', whole.replace(first, '')],
    ['two deltas are one', whole.replace(first, first.replace(' change', ' change change'))],
    ['its usage is missing', whole.replaceAll('46', '0')],
    ['it does not end', whole.slice(0, whole.trimEnd().lastIndexOf('data:'))],
  ])('is refused where %s', (_, body) => {
    expect(readAnswer(dialect, words, body)).toEqual(expect.any(String))
  })
})

it('the path of a request tells its dialect', () => {
  expect(
    [
      '/v1/chat/completions',
      '/v1/responses',
      '/v1/messages',
      '/v1/models/m:streamGenerateContent?alt=sse',
    ].map(dialectOf),
  ).toEqual(['chat', 'responses', 'messages', 'gemini'])
})
