import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { destroy, hang, json, rateLimited, stream } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import { type FleetScene, startFleet } from './fleet-scene.ts'

const free = '0.000000000'
const answered = '0.000009300'
const secret = 'sixteen letters!'
const failure = { error: { message: 'No.', type: 'server_error', code: null } }
const delta = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`
const usage = { prompt_tokens: 10, completion_tokens: 20 }
const end = `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`
const whole = json(200, { choices: [{ index: 0, message: { role: 'assistant', content: 'hi' } }], usage })

let first: Upstream
let scene: FleetScene
beforeEach(async () => {
  first = await startUpstream()
})
afterEach(async () => {
  await scene.close()
  await first.close()
})
const start = async (options: Parameters<typeof startFleet>[1] = {}) => {
  scene = await startFleet(first.url, options)
}

describe('own keys', () => {
  const own = (name: string) =>
    scene.gateway.providerKeys.create({ account: 'acme', provider: 'first', name, value: `sk-${name}` })
  const sent = () => first.calls.map(({ headers }) => headers.authorization)

  test('are tried in the order of creation, and one that is refused rests', async () => {
    await start({ names: ['first:m'], secret })
    await own('bad')
    await own('good')
    first.respond(({ headers }) => (headers.authorization === 'Bearer sk-bad' ? json(401, failure) : whole))
    expect(await scene.call(false)).toMatchObject({
      status: 200,
      attempts: 'first upstream_auth_error next_key → first served',
    })
    expect(await scene.call(false)).toMatchObject({ status: 200, attempts: 'first served' })
    expect(sent()).toEqual(['Bearer sk-bad', 'Bearer sk-good', 'Bearer sk-good'])
  })

  test('never give way to the operator’s, which would spend credits on model cost', async () => {
    await start({ names: ['first:m'], secret })
    await own('bad')
    first.respond(json(401, failure))
    expect(await scene.call(false)).toMatchObject({ status: 502, charge: free })
    expect(sent()).toEqual(['Bearer sk-bad'])
  })

  test('that all rest are tried all the same', async () => {
    await start({ names: ['first:m'], secret })
    await own('one')
    await own('two')
    first.respond(json(401, failure))
    await scene.call(false)
    first.respond(whole)
    expect(await scene.call(false)).toMatchObject({ status: 200, attempts: 'first served' })
  })
})

describe('a provider that goes on failing', () => {
  test('is passed over, and tried again after a while', async () => {
    await start()
    first.respond(json(500, failure))
    for (let call = 0; call < 5; call++) await scene.call(false)
    expect(first.calls).toHaveLength(5)
    expect(await scene.call(false)).toMatchObject({ status: 200, attempts: 'second served' })
    expect(first.calls).toHaveLength(5)
    first.respond(whole)
    await expect
      .poll(async () => (await scene.call(false)).attempts, { timeout: 10_000, interval: 300 })
      .toBe('first served')
  })

  test('is asked all the same where nobody else is', async () => {
    await start({ names: ['first:m'] })
    first.respond(json(500, failure))
    for (let call = 0; call < 6; call++) await scene.call(false)
    first.respond(whole)
    expect((await scene.call(false)).status).toBe(200)
  })
})

describe('what a call may have', () => {
  test('of attempts', async () => {
    await start({ failover: { attempts: 1 } })
    first.respond(json(500, failure))
    expect(await scene.call(false)).toMatchObject({ status: 500, attempts: 'first upstream_error exhausted' })
    expect(scene.second.calls).toHaveLength(0)
  })

  test('of time for attempts', async () => {
    await start({ failover: { within: 100 } })
    first.respond(json(500, failure, { delayMs: 200 }))
    expect((await scene.call(false)).attempts).toBe('first upstream_error exhausted')
    expect(scene.second.calls).toHaveLength(0)
  })

  test.each([true, false])('of time in all (stream: %s)', async (streams) => {
    await start({ timeouts: { total: 600 } })
    first.respond(hang)
    const begun = performance.now()
    expect(await scene.call(streams)).toMatchObject({ status: 504, charge: free })
    expect(performance.now() - begun).toBeLessThan(5000)
  })

  test('of time for an attempt, however much of its answer has come', async () => {
    await start({ timeouts: { attempt: 400, idle: 10_000 } })
    const drip = stream(['{"choices"', ':', '[', ']', ',"a"', ':1', '}'], {
      headers: { 'content-type': 'application/json' },
      paceMs: 200,
    })
    first.respond(drip)
    expect((await scene.call(false)).attempts).toBe('first upstream_timeout next_model → second served')
  })
})

describe('a stream that has sent nothing but heartbeats', () => {
  const options = { timeouts: { heartbeat: 100, firstEvent: 700 } }

  test('goes on with the next model', async () => {
    await start(options)
    first.respond(stream([], { gate: new Promise(() => {}) }))
    const { status, text, attempts, headers } = await scene.call(true)
    expect(attempts).toBe('first upstream_timeout next_model → second served')
    expect(status).toBe(200)
    expect(text).toMatch(/^: keep-alive\n\n/)
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
    // Nobody knew who would answer.
    expect(headers.has('tollgate-model')).toBe(false)
  })

  test('ends with an error where nobody answers', async () => {
    await start({ ...options, names: ['first:m'] })
    first.respond(stream([], { gate: new Promise(() => {}) }))
    const { status, text, charge } = await scene.call(true)
    expect({ status, charge }).toEqual({ status: 200, charge: free })
    expect(text).toMatch(/^: keep-alive\n\n/)
    expect(text).toContain('"code":"upstream_timeout"')
    expect(text).not.toContain('[DONE]')
  })
})

describe('a client that leaves', () => {
  const leaveAfter = async (ms: number) => {
    const left = scene.call(true, { signal: AbortSignal.timeout(ms) })
    await expect(left).rejects.toThrow()
  }
  const settled = () =>
    expect.poll(async () => (await scene.gateway.credits.balance('acme')).held, { timeout: 5000 }).toBe(free)

  test('while a provider is waited for has nobody else asked', async () => {
    await start()
    first.respond(hang)
    await leaveAfter(300)
    await settled()
    expect(scene.second.calls).toHaveLength(0)
  })

  test('while a short Retry-After runs has nobody asked again', async () => {
    await start({ names: ['first:m'] })
    first.respond(rateLimited(1500))
    await leaveAfter(400)
    await settled()
    await sleep(1500)
    expect(first.calls).toHaveLength(1)
    expect((await scene.gateway.credits.balance('acme')).spent).toBe(free)
  })
})

describe('an attempt beside another', () => {
  const hedged = { failover: { hedgeAfter: 150 }, timeouts: { firstEvent: 5000, answer: 5000 } }

  test.each([true, false])('answers first, and is charged alone (stream: %s)', async (streams) => {
    await start(hedged)
    first.respond(hang)
    expect(await scene.call(streams)).toMatchObject({
      status: 200,
      attempts: 'first overtaken → second served',
      charge: answered,
    })
    await expect.poll(() => first.calls[0]?.aborted).toBe(true)
    expect(await scene.gateway.credits.audit('acme')).toMatchObject({ ok: true })
  })

  test('is withdrawn where the first one answers after all', async () => {
    await start(hedged)
    first.respond(stream([delta('one'), end], { gate: sleep(600) }))
    scene.second.respond(hang)
    expect(await scene.call(true)).toMatchObject({
      attempts: 'second overtaken → first served',
      charge: '0.000051500',
    })
    await expect.poll(() => scene.second.calls[0]?.aborted).toBe(true)
  })

  test('goes on where the first one fails', async () => {
    await start(hedged)
    first.respond(json(500, failure, { delayMs: 400 }))
    scene.second.respond(
      json(200, JSON.parse(String(Buffer.from((whole as { body: Uint8Array }).body))), { delayMs: 600 }),
    )
    expect(await scene.call(false)).toMatchObject({
      status: 200,
      attempts: 'first upstream_error next_model → second served',
    })
    expect(first.calls).toHaveLength(1)
    expect(scene.second.calls).toHaveLength(1)
  })

  test('ends with the call where both fail', async () => {
    await start(hedged)
    first.respond(json(500, failure, { delayMs: 400 }))
    scene.second.respond(destroy)
    expect(await scene.call(false)).toMatchObject({ charge: free })
    expect((await scene.gateway.credits.balance('acme')).held).toBe(free)
    await scene.gateway.close()
  })

  test('ends with a client that leaves, and both are aborted', async () => {
    await start(hedged)
    first.respond(hang)
    scene.second.respond(hang)
    await expect(scene.call(true, { signal: AbortSignal.timeout(700) })).rejects.toThrow()
    await expect.poll(() => [first.calls[0]?.aborted, scene.second.calls[0]?.aborted]).toEqual([true, true])
    await expect.poll(async () => (await scene.gateway.credits.balance('acme')).held).toBe(free)
    expect(await scene.gateway.credits.audit('acme')).toMatchObject({ ok: true })
  })
})
