import { setTimeout as sleep } from 'node:timers/promises'
import type { AuthenticateRequest, GatewayOptions } from '@tollgate/core'
import { afterEach, describe, expect, test } from 'vitest'
import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'

const chat = '/v1/chat/completions'
const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello big world' }] }
const express = hosts.find(({ name }) => name === 'Express') as (typeof hosts)[number]

let bench: Bench
afterEach(() => bench.stop())

async function start(options?: GatewayOptions): Promise<void> {
  bench = await startBench(express, options)
}

async function call(headers: Record<string, string>): Promise<{ status: number; text: string }> {
  const response = await bench.post(chat, body, { headers })
  return { status: response.status, text: await response.text() }
}

describe('access keys', () => {
  test('open every dialect as Bearer and as x-api-key alike', async () => {
    await start()
    const { token } = bench
    const styles = [
      { authorization: `Bearer ${token}` },
      { authorization: `bearer ${token}` },
      { authorization: '', 'x-api-key': token },
      // Clients that insist on a key of their own send a placeholder beside it.
      { authorization: 'Bearer placeholder', 'x-api-key': token },
      { authorization: '', 'api-key': token },
      { authorization: '', 'x-goog-api-key': token },
    ]
    const messages = { ...body, model: 'claude-sonnet-4-6', max_tokens: 16 }
    for (const headers of styles) {
      expect((await call(headers)).status).toBe(200)
      const response = await bench.post('/v1/messages', messages, { headers })
      expect(response.status).toBe(200)
      await response.text()
    }
    const sent = JSON.stringify(bench.upstream.calls.map((upstream) => upstream.headers))
    expect(sent).not.toMatch(/tg_|placeholder/)
  })

  test('of several accounts do not meet in what their clients choose to be the same', async () => {
    await start()
    await bench.gateway.credits.grant({ account: 'other', amount: '5.00', reference: 'start' })
    const { token } = await bench.gateway.keys.create({ account: 'other' })
    const send = async (own: Record<string, string>) => {
      await (await bench.post(chat, body, { headers: { 'idempotency-key': 'order-1', ...own } })).text()
      return bench.upstream.calls.at(-1)?.headers['idempotency-key']
    }
    const mine = await send({})
    expect(mine).toMatch(/^[0-9a-f]{64}$/)
    expect(await send({}), 'a repeated call').toBe(mine)
    expect(await send({ authorization: `Bearer ${token}` })).not.toBe(mine)
  })

  test('may come in the query, and go no further in it', async () => {
    await start()
    const url = `/v1/messages?beta=true&key=${bench.token}`
    const response = await bench.post(
      url,
      { ...body, model: 'claude-sonnet-4-6', max_tokens: 16 },
      {
        headers: { authorization: '' },
      },
    )
    expect(response.status).toBe(200)
    expect(bench.upstream.calls[0]?.path).toBe('/v1/messages?beta=true')
    const other = await bench.post('/v1/messages?key=secret', body, { headers: { authorization: '' } })
    expect(other.status).toBe(401)
  })

  test('are shown once and never again', async () => {
    await start()
    const listed = JSON.stringify([await bench.gateway.keys.list(), bench.gateway.keys])
    expect(bench.token).toMatch(/^tg_[0-9A-Za-z]+_[0-9A-Za-z]+$/)
    expect(listed).not.toContain(bench.token.slice(-12))
  })

  test('end at their time, when disabled and when revoked, at once', async () => {
    await start()
    const { keys } = bench.gateway
    const made = async (input: object = {}) => {
      const { token, id } = await keys.create({ account: 'acme', ...input })
      return { id, headers: { authorization: `Bearer ${token}` } }
    }
    const [expiring, disabled, revoked] = [
      await made({ expiresAt: Date.now() + 300 }),
      await made(),
      await made(),
    ]
    for (const { headers } of [expiring, disabled, revoked]) expect((await call(headers)).status).toBe(200)

    await keys.update(disabled.id, { disabled: true })
    await keys.revoke(revoked.id)
    await sleep(300)
    for (const [{ headers }, word] of [
      [expiring, /expired/],
      [disabled, /disabled/],
      [revoked, /revoked/],
    ] as const) {
      const { status, text } = await call(headers)
      expect(status).toBe(401)
      expect(text).toMatch(word)
    }
    await keys.update(disabled.id, { disabled: false })
    expect((await call(disabled.headers)).status).toBe(200)
    expect(bench.upstream.calls).toHaveLength(4)
  })

  test('have limits of their own: a rate, calls at once, and what they may spend', async () => {
    await start()
    const limited = async (limits: object) => {
      const { token } = await bench.gateway.keys.create({ account: 'acme', limits })
      return { authorization: `Bearer ${token}` }
    }
    const rpm = await limited({ rpm: 2 })
    const statuses = [await call(rpm), await call(rpm), await call(rpm)]
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(statuses[2]?.text).toContain('rate_limit_exceeded')

    const spend = await limited({ spend: { limit: '0.000001' } })
    const refused = await bench.post(chat, body, { headers: spend })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-should-retry')).toBe('false')
    expect(await refused.text()).toContain('budget_exceeded')
  })

  test('show when they were last used', async () => {
    await start()
    const [before] = await bench.gateway.keys.list()
    expect(before?.lastUsedAt).toBeUndefined()
    await call({})
    const [after] = await bench.gateway.keys.list()
    expect(after?.lastUsedAt).toBeGreaterThan(Date.now() - 5000)
  })
})

describe("the host's own login", () => {
  const seen: AuthenticateRequest[] = []
  const authenticate: GatewayOptions['authenticate'] = async (request) => {
    seen.push(request)
    const session = /session=(\w+)/.exec(String(request.headers.cookie ?? ''))?.[1]
    if (session === 'broken') throw new Error('The session database is down: password hunter2.')
    if (session === 'odd') return { account: '' }
    if (session === 'zero') return { account: 'zero\0character' }
    return session === 'ada' ? { account: 'acme', subject: 'ada' } : undefined
  }

  test('is asked when there is no access key, and its account pays', async () => {
    await start({ authenticate })
    seen.length = 0
    expect((await call({ authorization: '', cookie: 'session=ada' })).status).toBe(200)
    expect(seen[0]).toMatchObject({ method: 'POST', path: chat, headers: { cookie: 'session=ada' } })
    expect(seen[0]?.source).toHaveProperty('socket')
    await bench.charges(1)
    const rows = []
    for await (const row of bench.gateway.credits.ledger('acme')) rows.push(row)
    expect(rows.find(({ op }) => op === 'settle')?.meta).toMatchObject({ subject: 'ada' })
  })

  test('is not asked about an access key, good or bad', async () => {
    await start({ authenticate })
    seen.length = 0
    expect((await call({ cookie: 'session=ada' })).status).toBe(200)
    const bad = { authorization: `Bearer ${bench.token.slice(0, -1)}-`, cookie: 'session=ada' }
    expect((await call(bad)).status).toBe(401)
    expect(seen).toHaveLength(0)
  })

  test('says no with 401, and its own failure is a 500 that tells nothing', async () => {
    await start({ authenticate })
    expect((await call({ authorization: '' })).status).toBe(401)
    for (const session of ['broken', 'odd', 'zero']) {
      const { status, text } = await call({ authorization: '', cookie: `session=${session}` })
      expect(status).toBe(500)
      expect(text).not.toMatch(/hunter2|database/)
    }
    expect(bench.upstream.calls).toHaveLength(0)
  })
})
