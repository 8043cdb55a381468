import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hang, json, stream } from '../upstream/answer.ts'
import { costs, failure, type RaceScene, says, startRace } from './race-scene.ts'

const free = '0.000000000'
const usage = { prompt_tokens: 10, completion_tokens: 20 }

let race: RaceScene
beforeEach(async () => {
  race = await startRace({ failover: {} })
})
afterEach(() => race.close())

/** In the provider's own dialect, and in another one. */
const paths = ['/v1/chat/completions', '/v1/messages']

async function ask(path: string) {
  const response = await race.gateway.fetch(`http://gateway${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${race.token}` },
    body: JSON.stringify({
      models: ['one:m', 'two:m'],
      max_tokens: 100,
      messages: [{ role: 'user', content: 'hi' }],
    }),
  })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

const told = () =>
  race.events.map(({ provider, served, status, completion, errorCode, statusCode, charged }) =>
    [provider, served ? 'served' : 'not served', status, completion, errorCode, statusCode, charged].join(
      ' ',
    ),
  )

describe.each(paths)('an answer that says it has failed, on %s', (path) => {
  test('and what it took is charged as a failed one, and a success behind it as that', async () => {
    race.one.respond([json(200, { ...failure, usage }), says('one')])
    const failed = await ask(path)
    expect(failed.status).toBe(path === '/v1/messages' ? 502 : 200)
    expect(failed.text).toMatch(/"message":"(No\.|The provider one failed with status 502\.)"/)
    expect(await race.outcomes(1)).toEqual([`settle ${costs.one}: one upstream_error stop`])
    expect(told()).toEqual([`one not served failed failed upstream_error 200 ${costs.one}`])
    expect(await race.books()).toEqual({ available: '0.999948500', held: free, ok: true })
    expect(race.two.calls).toHaveLength(0)

    expect((await ask(path)).status).toBe(200)
    expect(await race.outcomes(2)).toEqual([
      `settle ${costs.one}: one upstream_error stop`,
      `settle ${costs.one}: one served`,
    ])
    expect(told()[1]).toBe(`one served succeeded succeeded  200 ${costs.one}`)
    expect(race.store.ends).toEqual(['settle 51500', 'settle 51500'])
    expect(await race.books()).toEqual({ available: '0.999897000', held: free, ok: true })
  })

  test('and nothing of what it took is free, and the next one is charged once', async () => {
    race.one.respond(json(200, failure))
    race.two.respond(says('two'))
    expect((await ask(path)).status).toBe(200)
    expect(await race.outcomes(1)).toEqual([
      `settle ${costs.two}: one upstream_error next_model → two served`,
    ])
    expect(told()).toEqual([
      `one not served failed failed upstream_error 200 ${free}`,
      `two served succeeded succeeded  200 ${costs.two}`,
    ])
    expect(race.store.ends).toEqual(['settle 501500'])
    expect(await race.books()).toEqual({ available: '0.999498500', held: free, ok: true })
  })

  test('five times, and what it took, is passed over as any provider is that fails', async () => {
    race.one.respond(json(200, { ...failure, usage }))
    race.two.respond(says('two'))
    for (let call = 0; call < 5; call++) await ask(path)
    expect((await ask(path)).headers.get('tollgate-model')).toBe('two:m')
    expect(race.one.calls).toHaveLength(5)
  })

  test('and what it took ends the one beside it', async () => {
    await race.close()
    race = await startRace()
    race.one.respond(json(200, { ...failure, usage }, { delayMs: 200 }))
    race.two.respond(hang)
    expect((await ask(path)).text).toContain('error')
    await expect.poll(() => race.two.calls[0]?.aborted).toBe(true)
    expect(await race.outcomes(1)).toEqual([`settle ${costs.one}: two overtaken → one upstream_error stop`])
    expect(told()).toEqual([
      `two not served aborted unknown  0 ${free}`,
      `one not served failed failed upstream_error 200 ${costs.one}`,
    ])
    expect(race.store.ends).toEqual(['settle 51500'])
    expect(await race.books()).toEqual({ available: '0.999948500', held: free, ok: true })
  })

  test('with a status of its own is free, whatever it says it took', async () => {
    race.one.respond(json(500, { ...failure, usage }))
    race.two.respond(says('two'))
    expect((await ask(path)).status).toBe(200)
    expect(await race.outcomes(1)).toEqual([
      `settle ${costs.two}: one upstream_error next_model → two served`,
    ])
    expect(await race.books()).toEqual({ available: '0.999498500', held: free, ok: true })
  })
})

test('a stream whose first event says that it failed, and what it took, is free; the next one is charged once', async () => {
  race.one.respond(stream([`data: ${JSON.stringify({ ...failure, usage })}\n\n`]))
  race.two.respond(
    stream([
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'two' } }], usage })}\n\n`,
      'data: [DONE]\n\n',
    ]),
  )
  expect((await race.call({ stream: true })).text).toContain('two')
  expect(await race.outcomes(1)).toEqual([`settle ${costs.two}: one upstream_error next_model → two served`])
  expect(race.store.ends).toEqual(['settle 501500'])
  expect(await race.books()).toEqual({ available: '0.999498500', held: free, ok: true })
})
