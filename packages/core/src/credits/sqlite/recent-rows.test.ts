import { describe, expect, test } from 'vitest'
import { createCallId } from '../call-id.ts'
import type { EngineRow } from '../engine/account-state.ts'
import { createRecentRows } from './recent-rows.ts'

const start = Date.UTC(2031, 4, 14)

function rowOf(ref: string): EngineRow {
  const amounts = { amount: 1n, modelCost: 1n, fee: 0n, shortfall: 0n, asked: 1n }
  const balance = { availableAfter: 0n, heldAfter: 0n }
  return { seq: 1, account: 'acme', op: 'settle', ref, ...amounts, ...balance, at: start }
}

/** Rows of a process that has begun at the start, and its clock. */
function begin(othersUntil = 0) {
  const clock = { now: start }
  const recent = createRecentRows({ now: () => clock.now, othersUntil })
  /** Long enough for rows to go. */
  const letGo = () => {
    for (let turn = 0; turn < 3; turn += 1) {
      clock.now += 30
      recent.written()
    }
  }
  return { clock, recent, letGo }
}

describe('rows written last', () => {
  test('tell of calls that are younger than they are that those have none', () => {
    const { clock, recent, letGo } = begin()
    const ref = createCallId(clock.now + 1)
    recent.add(rowOf(ref))
    expect([recent.find('acme', ref, 'call')?.ref, recent.covers(ref)]).toEqual([ref, true])
    letGo()
    expect([recent.find('acme', ref, 'call'), recent.covers(ref)]).toEqual([undefined, false])
    expect(recent.covers(createCallId(clock.now + 1))).toBe(true)
  })

  test('say nothing of calls that another process may have written', () => {
    const { recent, letGo } = begin(start + 5000)
    expect(recent.covers(createCallId(start + 5000))).toBe(false)
    letGo()
    expect(recent.covers(createCallId(start + 5000))).toBe(false)
    expect(recent.covers(createCallId(start + 5001))).toBe(true)
  })

  test('say nothing of calls from before the clock was set back, and go all the same', () => {
    const { clock, recent, letGo } = begin()
    letGo()
    const ref = createCallId(clock.now)
    recent.add(rowOf(ref))
    clock.now -= 3_600_000
    letGo()
    expect([recent.find('acme', ref, 'call'), recent.covers(ref)]).toEqual([undefined, false])
    expect(recent.covers(createCallId(clock.now))).toBe(false)
  })

  test('say nothing of calls that were made after they had begun, by a clock that was set back since', () => {
    const { clock, recent, letGo } = begin()
    letGo()
    clock.now += 50_000
    const ref = createCallId(clock.now)
    clock.now -= 30_000
    recent.add(rowOf(ref))
    letGo()
    expect([recent.find('acme', ref, 'call'), recent.covers(ref)]).toEqual([undefined, false])
  })
})
