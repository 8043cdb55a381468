import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { json, rateLimited } from '../upstream/answer.ts'
import { costs, failure, type RaceScene, says, startRace, streams } from './race-scene.ts'
import type { LateStep } from './slow-store.ts'

let race: RaceScene
afterEach(() => race.close())

const free = '0.000000000'

/** A call whose second attempt waits for its credits, and the first one's answer, which comes when it is let go. */
async function begin(stream: boolean, way: Parameters<RaceScene['store']['delayExtend']>[0]) {
  race = await startRace()
  const first = Promise.withResolvers<void>()
  race.one.respond(async () => {
    await first.promise
    return stream ? streams(['one']) : says('one')
  })
  const late = race.store.delayExtend(way)
  const call = race.call({ stream })
  await late.asked
  return { call, late, answer: first.resolve }
}

/** Its credits come now, for nothing. */
async function comesLate({ letGo }: LateStep) {
  letGo()
  await sleep(100)
  expect(race.two.calls).toHaveLength(0)
}

describe('an attempt whose credits come', () => {
  test.each([
    [true, 'answer'],
    [true, 'question'],
    [false, 'answer'],
    [false, 'question'],
  ] as const)(
    'when the one before it has answered is not made (stream: %s; late: the %s)',
    async (stream, way) => {
      const { call, late, answer } = await begin(stream, way)
      answer()
      expect(await call).toMatchObject({ status: 200, text: expect.stringContaining('one') })
      await comesLate(late)
      expect(await race.outcomes(1)).toEqual([`settle ${costs.one}: one served`])
      expect(race.store.ends).toEqual(['settle 51500'])
      expect(await race.books()).toEqual({ available: '0.999948500', held: free, ok: true })
    },
  )

  test('while the one before it answers is not made, and does not end that', async () => {
    race = await startRace()
    const rest = Promise.withResolvers<void>()
    race.one.respond(async () => {
      await sleep(200)
      return streams(['one', 'more'], { gate: rest.promise, gateAfter: 1 })
    })
    const late = race.store.delayExtend('answer')
    const call = race.call({ stream: true })
    await late.asked
    await expect.poll(() => race.one.calls[0]?.bytesSent ?? 0).toBeGreaterThan(0)
    await sleep(50)
    await comesLate(late)
    rest.resolve()
    expect(await call).toMatchObject({
      status: 200,
      text: expect.stringMatching(/one.*more.*\[DONE\]\n\n$/s),
    })
    expect(await race.outcomes(1)).toEqual([`settle ${costs.one}: one served`])
    expect(await race.books()).toEqual({ available: '0.999948500', held: free, ok: true })
  })

  test.each(['answer', 'question'] as const)(
    'when the call has been refused for good is not made (late: the %s)',
    async (way) => {
      race = await startRace()
      race.one.respond(json(422, failure, { delayMs: 200 }))
      const late = race.store.delayExtend(way)
      const call = race.call()
      await late.asked
      expect(await call).toMatchObject({ status: 422 })
      await comesLate(late)
      expect(await race.outcomes(1)).toEqual([`settle ${free}: one invalid_request stop`])
      expect(race.store.ends).toEqual(['settle 0'])
      expect(await race.books()).toEqual({ available: '1.000000000', held: free, ok: true })
    },
  )

  test.each(['answer', 'question'] as const)(
    'when the client has left is not made (late: the %s)',
    async (way) => {
      race = await startRace()
      race.one.respond({ kind: 'hang' })
      const late = race.store.delayExtend(way)
      const client = new AbortController()
      const call = race.call({}, { signal: client.signal })
      await late.asked
      client.abort()
      await expect(call).rejects.toThrow()
      await expect.poll(() => race.one.calls[0]?.aborted).toBe(true)
      await comesLate(late)
      // Its input has been taken in: 30 tokens by its size, and the fee.
      expect(await race.outcomes(1)).toEqual(['settle 0.000031500: one served'])
      expect(race.store.ends).toEqual(['settle 31500'])
      expect(await race.books()).toEqual({ available: '0.999968500', held: free, ok: true })
    },
  )
})

describe('an attempt that fails while credits for one beside it are waited for', () => {
  test('is followed by that one, once', async () => {
    race = await startRace()
    race.one.respond(json(500, failure, { delayMs: 200 }))
    race.two.respond(says('two'))
    const late = race.store.delayExtend('answer')
    const call = race.call()
    await late.asked
    await race.one.calls[0]?.closed
    await sleep(50)
    late.letGo()
    expect(await call).toMatchObject({ status: 200, text: expect.stringContaining('two') })
    expect(await race.outcomes(1)).toEqual([
      `settle ${costs.two}: one upstream_error next_model → two served`,
    ])
    expect([race.one.calls.length, race.two.calls.length]).toEqual([1, 1])
    expect(race.store.ends).toEqual(['settle 501500'])
    expect(await race.books()).toEqual({ available: '0.999498500', held: free, ok: true })
  })

  test.each([
    ['is asked again behind its Retry-After', 'one rate_limited retry → one served', rateLimited(150)],
    ['ends the call, where it does not ask for that', 'one upstream_error exhausted', json(500, failure)],
  ] as const)('and nobody is there beside it: it %s', async (_, attempts, first) => {
    // More than the first one may cost, and less than the second one.
    race = await startRace({ credits: '0.002' })
    race.one.respond(async () => {
      await sleep(200)
      return race.one.calls.length === 1 ? first : says('one')
    })
    const late = race.store.delayExtend('question')
    const call = race.call()
    await late.asked
    await race.one.calls[0]?.closed
    await sleep(50)
    late.letGo()
    const isServed = attempts.endsWith('served')
    expect(await call).toMatchObject({ status: isServed ? 200 : 500 })
    const charge = isServed ? costs.one : free
    expect(await race.outcomes(1)).toEqual([`settle ${charge}: ${attempts}`])
    expect(race.two.calls).toHaveLength(0)
    expect(race.store.ends).toEqual([isServed ? 'settle 51500' : 'settle 0'])
    expect(await race.books()).toEqual({
      available: isServed ? '0.001948500' : '0.002000000',
      held: free,
      ok: true,
    })
  })
})
