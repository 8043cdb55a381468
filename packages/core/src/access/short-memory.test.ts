import { expect, test } from 'vitest'
import { createShortMemory } from './short-memory.ts'

const setUp = () => {
  const clock = { now: 0 }
  const memory = createShortMemory<number>({
    now: () => clock.now,
    cacheMs: 10,
    isLesser: (value) => value < 0,
  })
  return { clock, memory }
}

test('answers at once while it is fresh, counted from before the question', async () => {
  const { clock, memory } = setUp()
  await memory.load('a', async () => {
    clock.now += 4
    return 1
  })
  clock.now = 9
  expect(memory.recall('a')).toBe(1)
  clock.now = 10
  expect(memory.recall('a')).toBeUndefined()
})

test('what was read before everything was forgotten is read again, and what fails is not remembered', async () => {
  const { memory } = setUp()
  const gate = Promise.withResolvers<void>()
  let stored = 1
  const read = async () => {
    const value = stored
    await gate.promise
    return value
  }
  const loading = memory.load('a', read)
  await new Promise(setImmediate)
  stored = 2
  memory.forget()
  gate.resolve()
  expect(await loading).toBe(2)
  expect(memory.recall('a')).toBe(2)
  await expect(memory.load('b', () => Promise.reject(new Error('down')))).rejects.toThrow('down')
  expect(memory.recall('b')).toBeUndefined()
})

test('a flood of lesser values pushes out none of the others', async () => {
  const { memory } = setUp()
  await memory.load('good', async () => 1)
  for (let index = 0; index < 10_001; index += 1) await memory.load(`bad-${index}`, async () => -1)
  expect(memory.recall('good')).toBe(1)
  expect(memory.recall('bad-0')).toBeUndefined()
  expect(memory.recall('bad-5001')).toBe(-1)
})
