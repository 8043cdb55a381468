import { expect, test } from 'vitest'
import { giveBackDue } from './give-back-due.ts'

/** Accounts with so many expired holds. */
function dueIn(holds: Record<string, number>) {
  const locks: [account: string, given: number][] = []
  const left = new Map(Object.entries(holds))
  const context = {
    find: async (limit: number) => [...left.keys()].slice(0, limit),
    expire: async (account: string, most: number) => {
      const given = Math.min(left.get(account) ?? 0, most)
      locks.push([account, given])
      left.set(account, (left.get(account) ?? 0) - given)
      if (left.get(account) === 0) left.delete(account)
      return given
    },
  }
  return { context, locks }
}

test('holds are given back a hundred under one lock at most, until none is due', async () => {
  const { context, locks } = dueIn({ large: 250, small: 3 })
  expect(await giveBackDue(context, 1000)).toBe(253)
  expect(locks).toEqual([
    ['large', 100],
    ['small', 3],
    ['large', 100],
    ['large', 50],
  ])
})

test('no more holds are given back than were asked for', async () => {
  const { context, locks } = dueIn({ first: 4, second: 4 })
  expect(await giveBackDue(context, 5)).toBe(5)
  expect(locks).toEqual([
    ['first', 4],
    ['second', 1],
  ])
})
