import { describe, expect, test } from 'vitest'
import { createRefreshed } from './refreshed.ts'

/** A source that answers when it is told to, and a clock that stands until it is set. */
function source() {
  const asked: PromiseWithResolvers<string>[] = []
  const clock = { now: 0 }
  const refreshed = createRefreshed(
    async () => {
      const next = Promise.withResolvers<string>()
      asked.push(next)
      const value = await next.promise
      return { value, expiresAt: value === 'passing' ? undefined : clock.now + 3_600_000 }
    },
    () => clock.now,
  )
  return { asked, clock, refreshed }
}

describe('a value that grows old', () => {
  test('is asked for once, however many wait, and is there at once afterwards', async () => {
    const { asked, refreshed } = source()
    const waiting = Array.from({ length: 100 }, () => refreshed.current())
    expect(asked).toHaveLength(1)
    asked[0]?.resolve('first')
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['first']))
    expect([refreshed.current(), refreshed.last()]).toEqual(['first', 'first'])
    expect(asked).toHaveLength(1)
  })

  test('is renewed once behind the back of those who ask, before it is too old', async () => {
    const { asked, clock, refreshed } = source()
    const first = refreshed.current()
    asked[0]?.resolve('first')
    await first
    clock.now = 3_600_000 - 299_000
    expect([refreshed.current(), refreshed.current()]).toEqual(['first', 'first'])
    expect(asked).toHaveLength(2)
    asked[1]?.reject(new Error('down'))
    await new Promise(setImmediate)
    expect(refreshed.current()).toBe('first')
    expect(asked).toHaveLength(3)
    asked[2]?.resolve('second')
    await new Promise(setImmediate)
    expect(refreshed.current()).toBe('second')
  })

  test('that is too old is waited for, and a failure is told to all who wait and not kept', async () => {
    const { asked, clock, refreshed } = source()
    const first = refreshed.current()
    asked[0]?.resolve('first')
    await first
    clock.now = 3_600_000 - 30_000
    const waiting = [refreshed.current(), refreshed.current()]
    asked[1]?.reject(new Error('down'))
    for (const one of waiting) await expect(one).rejects.toThrow('down')
    const again = refreshed.current()
    asked[2]?.resolve('second')
    expect(await again).toBe('second')
    expect(asked).toHaveLength(3)
  })

  test('of which nobody says how long it is good is asked for anew by each', async () => {
    const { asked, refreshed } = source()
    for (const turn of [0, 1]) {
      const current = refreshed.current()
      asked[turn]?.resolve('passing')
      expect(await current).toBe('passing')
    }
    expect(asked).toHaveLength(2)
  })
})
