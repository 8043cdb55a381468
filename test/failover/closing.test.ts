import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hang } from '../upstream/answer.ts'
import { type RaceScene, startRace } from './race-scene.ts'

const drainMs = 100
const free = '0.000000000'
const untouched = { available: '1.000000000', held: free, ok: true }

let race: RaceScene
const rejections: unknown[] = []
const reject = (reason: unknown) => void rejections.push(reason)
beforeEach(() => {
  rejections.length = 0
  process.on('unhandledRejection', reject)
})
afterEach(async () => {
  process.off('unhandledRejection', reject)
  await race.close()
})

/** A call at the first provider, which never answers, when its gateway is closed. */
async function closeWith(body: object): Promise<{ readonly status: number; readonly text: string }> {
  race.one.respond(hang)
  const call = race.call(body)
  await expect.poll(() => race.one.calls).toHaveLength(1)
  await race.gateway.close()
  const heard = await call
  // Whatever was still to come has come.
  await sleep(50)
  expect(rejections).toEqual([])
  return heard
}

describe.each([true, false])('a gateway that closes while a provider is silent (stream: %s)', (stream) => {
  test('ends the call once, though another key of that provider is there', async () => {
    race = await startRace({ drainMs, failover: {} })
    for (const name of ['first', 'second', 'third'])
      await race.gateway.providerKeys.create({ account: 'acme', provider: 'one', name, value: `sk-${name}` })
    const { status, text } = await closeWith({ models: ['one:m'], stream })
    expect(status).toBe(502)
    expect(text.match(/"error"/g)).toHaveLength(1)
    expect(await race.outcomes(1)).toEqual([
      `settle ${free}: one upstream_unreachable next_key → one upstream_unreachable next_key → one upstream_unreachable exhausted`,
    ])
    expect(race.one.calls).toHaveLength(1)
    expect(race.store.ends).toEqual(['settle 0'])
    expect(await race.books()).toEqual(untouched)
  })

  test('asks no other provider any more', async () => {
    race = await startRace({ drainMs, failover: {} })
    const { status } = await closeWith({ stream })
    expect(status).toBe(502)
    expect(await race.outcomes(1)).toEqual([
      `settle ${free}: one upstream_unreachable next_model → two upstream_unreachable exhausted`,
    ])
    expect(race.two.calls).toHaveLength(0)
    expect(race.store.ends).toEqual(['settle 0'])
    expect(await race.books()).toEqual(untouched)
  })

  test('ends a call with two attempts beside each other once', async () => {
    race = await startRace({ drainMs: 300 })
    race.two.respond(hang)
    const { status } = await closeWith({ stream })
    expect(status).toBe(502)
    const [outcome, ...others] = await race.outcomes(1)
    expect(others).toEqual([])
    // Whichever connection is closed first.
    expect([
      `settle ${free}: one upstream_unreachable next_model → two upstream_unreachable exhausted`,
      `settle ${free}: two upstream_unreachable next_model → one upstream_unreachable exhausted`,
    ]).toContain(outcome)
    expect([race.one.calls.length, race.two.calls.length]).toEqual([1, 1])
    expect(race.store.ends).toEqual(['settle 0'])
    expect(await race.books()).toEqual(untouched)
  })

  test('ends a call once whose credits for another attempt are waited for', async () => {
    race = await startRace({ drainMs: 300 })
    const late = race.store.delayExtend('answer')
    setTimeout(late.letGo, 500)
    const { status } = await closeWith({ stream })
    expect(status).toBe(502)
    expect(await race.outcomes(1)).toEqual([
      `settle ${free}: one upstream_unreachable next_model → two upstream_unreachable exhausted`,
    ])
    expect(race.two.calls).toHaveLength(0)
    expect(race.store.ends).toEqual(['settle 0'])
    expect(await race.books()).toEqual(untouched)
  })
})
