import type { CreateConfiguration } from '@tollgate/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { json, stream } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import { type FleetScene, startFleet } from './fleet-scene.ts'

const free = '0.000000000'
const secret = 'sixteen letters!'
const failure = { error: { message: 'No.', type: 'server_error', code: null } }
const usage = { prompt_tokens: 10, completion_tokens: 20 }
const whole = json(200, { choices: [{ index: 0, message: { role: 'assistant', content: 'hi' } }], usage })

let first: Upstream
let scene: FleetScene
beforeEach(async () => {
  first = await startUpstream(whole)
})
afterEach(async () => {
  await scene.close()
  await first.close()
})

type Options = NonNullable<Parameters<typeof startFleet>[1]>

/** A fleet whose key links to a configuration. */
async function govern(configuration: Omit<CreateConfiguration, 'name'>, options: Options = {}) {
  scene = await startFleet(first.url, { secret, ...options })
  const { id } = await scene.gateway.configurations.create({ name: 'test', ...configuration })
  const [key] = await scene.gateway.keys.list('acme')
  await scene.gateway.keys.update(key?.id as string, { configuration: id })
  return id
}

const own = async (name: string) =>
  (
    await scene.gateway.providerKeys.create({
      account: 'acme',
      provider: 'first',
      name,
      value: `sk-${name}`,
    })
  ).id

const sent = () => first.calls.map(({ headers }) => headers.authorization?.replace('Bearer sk-', ''))

describe('the scope of a key', () => {
  test('holds for each fallback: what it does not allow is passed over and named', async () => {
    await govern({ scope: { providers: { deny: ['second'] } } })
    first.respond(json(500, failure))
    const { status, attempts, headers } = await scene.call(false)
    expect({ status, attempts }).toEqual({ status: 500, attempts: 'first upstream_error exhausted' })
    expect(headers.get('tollgate-rejected-models')).toContain('second:m=')
    expect(scene.second.calls).toHaveLength(0)
  })

  test('holds for the first model too, and the next one is served', async () => {
    await govern({ scope: { models: { allow: ['second:m'] } } })
    expect(await scene.call(false)).toMatchObject({ status: 200, attempts: 'second served' })
    expect(first.calls).toHaveLength(0)
  })

  test('that allows none of them refuses the call with the owner’s name', async () => {
    await govern({ scope: { models: { allow: [] } } }, { names: ['first:m'] })
    const response = await callWithoutRow()
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('the configuration \\"test\\"')
    expect(first.calls).toHaveLength(0)
  })

  test('changes for the next call', async () => {
    const id = await govern({}, { names: ['first:m'] })
    expect((await scene.call(false)).status).toBe(200)
    await scene.gateway.configurations.update(id, { scope: { models: { deny: ['m'] } } })
    expect((await callWithoutRow()).status).toBe(403)
  })
})

/** What is refused before it is dispatched leaves no row. */
async function callWithoutRow(body: object = {}): Promise<Response> {
  const { token } = await scene.gateway.keys.create({
    account: 'acme',
    configuration: (await scene.gateway.configurations.list())[0]?.id,
  })
  return scene.gateway.fetch('http://gateway/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({
      model: 'first:m',
      messages: [{ role: 'user', content: 'hello big world' }],
      ...body,
    }),
  })
}

describe('the steps of a rule', () => {
  test('lead from own keys to the operator’s where the rule says so', async () => {
    await govern(
      { routing: { rules: [{ provider: 'first', steps: [{ type: 'own' }, { type: 'managed' }] }] } },
      { names: ['first:m'] },
    )
    await own('own')
    first.respond(({ headers }) => (headers.authorization === 'Bearer sk-own' ? json(401, failure) : whole))
    expect(await scene.call(false)).toMatchObject({
      status: 200,
      attempts: 'first upstream_auth_error next_step → first served',
      charge: '0.000051500',
    })
    expect(sent()).toEqual(['own', 'first'])
  })

  test('lead from the operator’s to own keys, which pay the fee alone', async () => {
    await govern(
      { routing: { rules: [{ model: 'first:m', steps: [{ type: 'managed' }, { type: 'own' }] }] } },
      { names: ['first:m'] },
    )
    await own('own')
    first.respond(({ headers }) => (headers.authorization === 'Bearer sk-first' ? json(429, failure) : whole))
    expect(await scene.call(false)).toMatchObject({ status: 200, charge: '0.000001500' })
    expect(sent()).toEqual(['first', 'own'])
  })

  test('take turns among keys', async () => {
    await govern(
      { routing: { rules: [{ provider: 'first', steps: [{ type: 'own', strategy: 'round_robin' }] }] } },
      { names: ['first:m'] },
    )
    await own('one')
    await own('two')
    for (let call = 0; call < 4; call++) await scene.call(false)
    expect(sent()).toEqual(['one', 'two', 'one', 'two'])
  })

  test('keep one conversation at one weighted key', async () => {
    await govern(
      { routing: { rules: [{ provider: 'first', steps: [{ type: 'own', strategy: 'weighted' }] }] } },
      { names: ['first:m'] },
    )
    for (const name of ['one', 'two', 'three']) await own(name)
    for (let call = 0; call < 6; call++) await scene.call(false)
    expect(new Set(sent()).size).toBe(1)
  })

  test('without any key of their own refuse the call', async () => {
    await govern({ routing: { rules: [{ provider: 'first', steps: [{ type: 'own' }] }] } })
    expect(await scene.call(false)).toMatchObject({ status: 200, attempts: 'second served' })
    expect(first.calls).toHaveLength(0)
  })
})

describe('limits on tokens', () => {
  test('of input refuse a request that is longer, with the owner’s name', async () => {
    await govern({ limits: { maxInputTokens: 100 } }, { names: ['first:m'] })
    expect((await scene.call(false)).status).toBe(200)
    const long = await callWithoutRow({ messages: [{ role: 'user', content: 'word '.repeat(400) }] })
    expect(long.status).toBe(413)
    expect(await long.text()).toContain('the configuration \\"test\\" allows 100')
  })

  test('of output are given to the provider', async () => {
    await govern({ limits: { maxOutputTokens: 50 } }, { names: ['first:m'] })
    const { headers } = await scene.call(false)
    expect(headers.get('tollgate-max-output-tokens')).toBe('50')
    expect(Object.values(first.calls[0]?.json() ?? {})).toContain(50)
    await callWithoutRow({ max_tokens: 500 })
    expect(first.calls[1]?.json().max_tokens).toBe(50)
    await callWithoutRow({ max_tokens: 20 })
    expect(first.calls[2]?.json().max_tokens).toBe(20)
  })
})

test('a limit of a policy leaves a stream no more than its credits pay for', async () => {
  await govern({ limits: { maxOutputTokens: 50_000 } }, { names: ['first:larger'], holds: { quantum: 64 } })
  await scene.gateway.credits.withdraw({ account: 'acme', amount: '99.998', reference: 'most of it' })
  const content = 'many words that cost '.repeat(20)
  const event = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`
  first.respond(stream(Array(400).fill(event), { paceMs: 1 }))
  const { text, charge } = await scene.call(true)
  expect(text).toContain('insufficient')
  expect(Number(charge)).toBeLessThanOrEqual(0.002)
  const balance = await scene.gateway.credits.balance('acme')
  for await (const row of scene.gateway.credits.ledger('acme')) expect(row.shortfall).toBe(free)
  expect(Number(balance.available)).toBeGreaterThanOrEqual(0)
})

test('timeouts of a configuration come before the gateway’s', async () => {
  await govern({ timeouts: { answer: 200 } })
  first.respond(json(200, {}, { delayMs: 700 }))
  expect((await scene.call(false)).attempts).toBe('first upstream_timeout next_model → second served')
})

test('tags are in the usage of the call', async () => {
  await govern({ tags: ['team-a'] }, { names: ['first:m'] })
  const { charge } = await scene.call(false)
  expect(charge).not.toBe(free)
  const tags: unknown[] = []
  for await (const event of scene.gateway.usage.events({ account: 'acme' })) tags.push(event.tags)
  expect(tags).toEqual([['team-a']])
})
