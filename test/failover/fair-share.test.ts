import { afterEach, describe, expect, test } from 'vitest'
import { json } from '../upstream/answer.ts'
import { costs, failure, type RaceScene, says, startRace } from './race-scene.ts'

let race: RaceScene
afterEach(() => race.close())

const free = '0.000000000'
const many = 12

/**
 * The second provider costs ten times as much, and its model could write so much that one answer would cost more than
 * half of the balance: what a call usually needs there is 0.1 dollars.
 */
async function start() {
  race = await startRace({
    credits: '3.00',
    failover: {},
    holds: { defaultMaxOutputTokens: 4000 },
    maxOutputTokens: 90_000,
  })
  race.one.respond(json(500, failure, { delayMs: 300 }))
}

describe('many calls of one small balance that are tried again elsewhere', () => {
  test('take no more of it there than a fair share each, and are all served', async () => {
    await start()
    const gate = Promise.withResolvers<void>()
    race.two.respond(async () => {
      await gate.promise
      return says('two')
    })
    const calls = Array.from({ length: many }, () => race.call({ max_tokens: undefined }))
    await expect.poll(() => race.two.calls.length, { timeout: 5000 }).toBe(many)
    // All of them are held for at once, and none beyond what there is.
    const { held, available } = await race.books()
    expect(Number(held)).toBeGreaterThanOrEqual(many * 0.08)
    expect(Number(available)).toBeGreaterThan(1)
    // Each is limited to what its share affords: a 24th of three dollars, or what a call usually needs.
    for (const call of race.two.calls) {
      const { max_tokens, max_completion_tokens } = call.json()
      expect(max_completion_tokens ?? max_tokens).toBeLessThanOrEqual(6250)
    }
    gate.resolve()
    const heard = await Promise.all(calls)
    expect(heard.map(({ status }) => status)).toEqual(Array(many).fill(200))
    expect(await race.outcomes(many)).toEqual(
      Array(many).fill(`settle ${costs.two}: one upstream_error next_model → two served`),
    )
    expect(await race.books()).toEqual({ available: '2.993982000', held: free, ok: true })
  })
})
