import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, destroy, hang, json, stream } from '../upstream/answer.ts'
import { costs, failure, hedgeAfter, type RaceScene, says, startRace, streams } from './race-scene.ts'

const free = '0.000000000'
const untouched = { available: '1.000000000', held: free, ok: true }
const paid = {
  one: { available: '0.999948500', held: free, ok: true },
  two: { available: '0.999498500', held: free, ok: true },
}
/** The input of a call whose client left, 34 tokens by its size, and the fee: of the first provider, and of the second. */
const input = { one: '0.000035700', two: '0.000341700' }

let race: RaceScene
beforeEach(async () => {
  race = await startRace()
})
afterEach(() => race.close())

/** The same answer, later. */
const delayed = (ms: number, answer: Answer) => async () => {
  await sleep(ms)
  return answer
}

/** Both are under way. */
const bothAsked = () =>
  expect.poll(() => [race.one.calls.length, race.two.calls.length], { interval: 5 }).toEqual([1, 1])

describe('two attempts beside each other', () => {
  test.each([
    ['the first', 200, 350],
    ['the second', 350, 200],
  ] as const)('that both fail, %s before the other, cost nothing', async (_, ofOne, ofTwo) => {
    race.one.respond(delayed(ofOne, json(500, failure)))
    race.two.respond(delayed(ofTwo - hedgeAfter, json(503, failure)))
    const [before, behind] = ofOne < ofTwo ? ['one', 'two'] : ['two', 'one']
    const { status, text } = await race.call()
    expect(status).toBe(behind === 'one' ? 500 : 503)
    expect(text.match(/"error"/g)).toHaveLength(1)
    expect(await race.outcomes(1)).toEqual([
      `settle ${free}: ${before} upstream_error next_model → ${behind} upstream_error exhausted`,
    ])
    expect([race.one.calls.length, race.two.calls.length]).toEqual([1, 1])
    expect(race.store.ends).toEqual(['settle 0'])
    expect(await race.books()).toEqual(untouched)
    expect(race.events.map(({ provider, served, charged }) => [provider, served, charged])).toEqual([
      [before, false, free],
      [behind, false, free],
    ])
  })

  test('that both fail at once cost nothing', async () => {
    const both = Promise.withResolvers<Answer>()
    race.one.respond(() => both.promise)
    race.two.respond(() => both.promise)
    const call = race.call()
    await bothAsked()
    both.resolve(destroy)
    expect((await call).status).toBe(502)
    const [outcome, ...others] = await race.outcomes(1)
    expect(others).toEqual([])
    expect([
      `settle ${free}: one upstream_unreachable next_model → two upstream_unreachable exhausted`,
      `settle ${free}: two upstream_unreachable next_model → one upstream_unreachable exhausted`,
    ]).toContain(outcome)
    expect(race.store.ends).toEqual(['settle 0'])
    expect(await race.books()).toEqual(untouched)
  })

  test.each(Array.from({ length: 6 }, (_, round) => [round % 2 === 0, round] as const))(
    'that both answer at once are one answer (stream: %s, round %i)',
    async (isStream) => {
      const both = Promise.withResolvers<void>()
      const pieces = (name: string) => Array.from({ length: 20 }, (_, at) => `${name}${at} `)
      const answer = (name: string) => async () => {
        await both.promise
        return isStream ? streams(pieces(name), { paceMs: 1 }) : says(pieces(name).join(''))
      }
      race.one.respond(answer('ONE'))
      race.two.respond(answer('TWO'))
      const call = race.call({ stream: isStream })
      await bothAsked()
      both.resolve()
      const { status, text } = await call
      expect(status).toBe(200)
      const [winner, loser] = text.includes('ONE') ? (['one', 'two'] as const) : (['two', 'one'] as const)
      const contents = [...text.matchAll(/(?:ONE|TWO)\d+ /g)].map(([piece]) => piece)
      expect(contents).toEqual(pieces(winner.toUpperCase()))
      if (isStream) expect(text.match(/\[DONE\]/g)).toHaveLength(1)
      expect(await race.outcomes(1)).toEqual([
        `settle ${costs[winner]}: ${loser} overtaken → ${winner} served`,
      ])
      expect(race.store.ends).toHaveLength(1)
      expect(await race.books()).toEqual(paid[winner])
      expect(race.events.map(({ provider, charged }) => [provider, charged])).toEqual([
        [loser, free],
        [winner, costs[winner]],
      ])
    },
  )

  test('of which the slower one begins later never mix', async () => {
    race.one.respond(delayed(250, streams(['ONE', 'ONE'], { paceMs: 20 })))
    race.two.respond(delayed(100, streams(Array(40).fill('TWO'), { paceMs: 10 })))
    const { text } = await race.call({ stream: true })
    expect(text).not.toContain('"ONE"')
    expect(text.match(/TWO/g)).toHaveLength(40)
    expect(race.one.calls[0]?.aborted).toBe(true)
    expect(await race.outcomes(1)).toEqual([`settle ${costs.two}: one overtaken → two served`])
    expect(await race.books()).toEqual(paid.two)
  })
})

test.each([
  ['that was withdrawn', hang],
  ['that failed', json(500, failure, { delayMs: 100 })],
] as const)('an attempt %s keeps no hold alive any more', async (_, first) => {
  await race.close()
  race = await startRace({ holds: { ttl: 1000 } })
  race.one.respond(first)
  race.two.respond(delayed(200, says('two')))
  expect((await race.call()).status).toBe(200)
  const { extensions } = race.store
  const before = extensions.length
  // Holds are looked after every 333 ms, and renewed when a third of their time is over.
  await sleep(1200)
  expect(extensions).toHaveLength(before)
  expect(await race.books()).toEqual(paid.two)
})

describe('a client that leaves two attempts beside each other', () => {
  async function leave(isStream: boolean, when: () => Promise<unknown>) {
    const client = new AbortController()
    const call = race.call({ stream: isStream }, { signal: client.signal })
    const gone = expect(call).rejects.toThrow()
    await when()
    client.abort()
    await gone
  }

  test.each([true, false])('pays for the input of one of them (stream: %s)', async (isStream) => {
    race.one.respond(hang)
    race.two.respond(hang)
    await leave(isStream, bothAsked)
    expect(await race.outcomes(1)).toEqual([`settle ${input.one}: two overtaken → one served`])
    await expect.poll(() => [race.one.calls[0]?.aborted, race.two.calls[0]?.aborted]).toEqual([true, true])
    expect(race.store.ends).toHaveLength(1)
    expect(await race.books()).toEqual({ available: '0.999964300', held: free, ok: true })
    expect(race.events.map(({ provider, status, charged }) => [provider, status, charged])).toEqual([
      ['two', 'aborted', free],
      ['one', 'aborted', input.one],
    ])
  })

  test('between the failure of the one and the answer of the other pays for the input of that', async () => {
    race.one.respond(delayed(200, json(500, failure)))
    race.two.respond(hang)
    await leave(false, async () => {
      await bothAsked()
      await race.one.calls[0]?.closed
      await sleep(50)
    })
    expect(await race.outcomes(1)).toEqual([
      `settle ${input.two}: one upstream_error next_model → two served`,
    ])
    expect(race.store.ends).toEqual(['settle 341700'])
    expect(await race.books()).toEqual({ available: '0.999658300', held: free, ok: true })
  })

  test('once the one has begun to answer pays for that alone', async () => {
    race.one.respond(hang)
    race.two.respond(streams(['TWO', 'more'], { gate: new Promise(() => {}), gateAfter: 1 }))
    const client = new AbortController()
    const response = await race.begin({ stream: true }, { signal: client.signal })
    const reader = response.body?.getReader()
    expect(String(Buffer.from((await reader?.read())?.value ?? []))).toContain('TWO')
    client.abort()
    const [outcome, ...others] = await race.outcomes(1)
    expect(others).toEqual([])
    // Its input, and two tokens of output.
    expect(outcome).toBe('settle 0.000361750: one overtaken → two served')
    await expect.poll(() => [race.one.calls[0]?.aborted, race.two.calls[0]?.aborted]).toEqual([true, true])
    expect(race.store.ends).toEqual(['settle 361750'])
    expect(await race.books()).toEqual({ available: '0.999638250', held: free, ok: true })
  })
})

describe('what keeps two silent attempts alive', () => {
  const comments = (name: string, count: number) => Array<string>(count).fill(`: ${name} is at work\n\n`)

  test('is no answer of either: the first that speaks is named, and heard alone', async () => {
    race.one.respond(stream(comments('one', 60), { paceMs: 20 }))
    const words = [...comments('two', 25), ...streamedBy('TWO')]
    race.two.respond(stream(words, { paceMs: 20 }))
    const call = race.begin({ stream: true })
    const begun = call.then(() => 'begun')
    await bothAsked()
    expect(await Promise.race([begun, sleep(300, 'silent')])).toBe('silent')
    const response = await call
    expect(response.headers.get('tollgate-model')).toBe('two:m')
    const text = await response.text()
    expect(text).not.toContain('one is at work')
    expect(text.match(/TWO/g)).toHaveLength(1)
    expect(await race.outcomes(1)).toEqual([`settle ${costs.two}: one overtaken → two served`])
    expect(await race.books()).toEqual(paid.two)
  })

  test('begins one answer where the gateway has to speak for them, which either may still give', async () => {
    await race.close()
    race = await startRace({ failover: { hedgeAfter: 40 }, timeouts: { heartbeat: 120 } })
    race.one.respond(stream(comments('one', 100), { paceMs: 20 }))
    race.two.respond(stream([...comments('two', 30), ...streamedBy('TWO')], { paceMs: 20 }))
    const response = await race.begin({ stream: true })
    expect([response.status, response.headers.has('tollgate-model')]).toEqual([200, false])
    const text = await response.text()
    expect(text).toMatch(/^(: keep-alive\n\n)+(: two is at work\n\n)+data: .*TWO/)
    expect(text.match(/\[DONE\]/g)).toHaveLength(1)
    expect(text).not.toContain('one is at work')
    expect(await race.outcomes(1)).toEqual([`settle ${costs.two}: one overtaken → two served`])
    expect(await race.books()).toEqual(paid.two)
  })

  test('ends in one error where neither ever speaks', async () => {
    await race.close()
    race = await startRace({
      failover: { hedgeAfter: 40 },
      timeouts: { heartbeat: 100, firstEvent: 500 },
    })
    race.one.respond(stream(comments('one', 100), { paceMs: 20 }))
    race.two.respond(stream(comments('two', 100), { paceMs: 20 }))
    const { status, text } = await race.call({ stream: true })
    expect(status).toBe(200)
    expect(text).toMatch(/^(: keep-alive\n\n)+data: \{"error"/)
    expect(text.match(/"error"/g)).toHaveLength(1)
    expect(text).not.toMatch(/is at work|\[DONE\]/)
    expect(await race.outcomes(1)).toEqual([
      `settle ${free}: one upstream_timeout next_model → two upstream_timeout exhausted`,
    ])
    expect(await race.books()).toEqual(untouched)
  })
})

function streamedBy(content: string): readonly string[] {
  const answer = streams([content])
  return answer.kind === 'stream' ? [...answer.events].map(String) : []
}
