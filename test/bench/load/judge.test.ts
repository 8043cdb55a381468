import { describe, expect, it } from 'vitest'
import type { CallResult } from './connection.ts'
import { judge } from './judge.ts'

const whole: CallResult = {
  status: 200,
  bodyBytes: 100,
  pieces: 1,
  lastPiece: 'data: [DONE]\n\n',
  end: 'complete',
  firstByte: 1,
  total: 2,
}
const broken: CallResult = { ...whole, lastPiece: 'data: {}\n\n', end: 'broken' }

describe('the judge of answers', () => {
  it('accepts a complete answer of the right size and nothing else', () => {
    const expectation = { end: 'complete', bodyBytes: 100 } as const
    expect(judge(whole, expectation)).toBeUndefined()
    expect(judge({ ...whole, bodyBytes: 99 }, expectation)).toBe('99 bytes in place of 100')
    expect(judge(broken, expectation)).toBe('broken after 100 bytes')
    expect(judge({ ...whole, status: 429, lastPiece: 'slow\ndown' }, expectation)).toBe(
      'status 429: slow down',
    )
  })

  it('takes a cut answer that ends as if it were whole for a false end', () => {
    const expectation = { end: 'cut', bodyBytes: 0 } as const
    expect(judge(whole, expectation)).toBe('false end')
    expect(judge(broken, expectation)).toBeUndefined()
    expect(judge({ ...whole, lastPiece: 'data: {"error":{}}\n\n' }, expectation)).toBeUndefined()
    expect(judge({ ...broken, bodyBytes: 0 }, expectation)).toBe('nothing came before the cut')
  })

  it('wants a client that leaves to have been the first to go', () => {
    const expectation = { end: 'left', bodyBytes: 0 } as const
    expect(judge({ ...whole, end: 'left' }, expectation)).toBeUndefined()
    expect(judge(broken, expectation)).toBe('broken before its client left')
  })
})
