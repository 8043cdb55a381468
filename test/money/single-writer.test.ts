import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway } from '@tollgate/core'
import { Keyv, type KeyvStoreAdapter } from 'keyv'
import { describe, expect, test } from 'vitest'
import { collect } from '../../packages/core/src/store/collect.ts'
import { silent } from '../adapters/bench.ts'

/** A storage adapter that no driver knows, as one over a remote service is: slow, and sometimes down. */
class RemoteAdapter extends EventEmitter implements KeyvStoreAdapter {
  readonly opts = { url: 'remote://' }
  namespace: string | undefined
  isDown = false
  readonly values: Map<string, unknown>
  constructor(values = new Map<string, unknown>()) {
    super()
    this.values = values
  }
  private async reach(): Promise<void> {
    await sleep(1)
    if (this.isDown) throw new Error('The service is down.')
  }
  async get<Value>(key: string) {
    await this.reach()
    return this.values.get(key) as Value | undefined
  }
  async set(key: string, value: unknown) {
    await this.reach()
    this.values.set(key, value)
    return true
  }
  async delete(key: string) {
    await this.reach()
    return this.values.delete(key)
  }
  async clear() {
    this.values.clear()
  }
  async *iterator<Value>(): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    await this.reach()
    for (const [key, value] of this.values) yield [key, value as Awaited<Value>]
  }
}

const ask = (token: string) =>
  new Request('http://gateway/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sandbox:echo', messages: [{ role: 'user', content: 'hello' }] }),
  })

const open = (adapter: RemoteAdapter, singleWriter = true) =>
  createGateway({ store: new Keyv({ store: adapter }), singleWriter, sandbox: true, logger: silent })

describe('a Keyv over a storage without a driver', () => {
  test('is refused at start, by a message that names what is supported', () => {
    expect(() => open(new RemoteAdapter(), false)).toThrow(
      /no driver here\. Supported are .*sqlite.*postgres.*redis.*mysql.*singleWriter/,
    )
  })

  test('keeps keys, credits and ledger for the next process where a single writer is declared', async () => {
    const adapter = new RemoteAdapter()
    const first = open(adapter)
    await first.credits.grant({ account: 'acme', amount: '1.00', reference: 'start' })
    const { token } = await first.keys.create({ account: 'acme', limits: { concurrency: 50 } })
    const answers = await Promise.all(Array.from({ length: 50 }, () => first.fetch(ask(token))))
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
    await expect.poll(async () => (await first.credits.balance('acme')).held).toBe('0.000000000')
    const before = await collect(first.credits.ledger('acme'))
    await first.close()

    const second = open(adapter)
    expect((await second.fetch(ask(token))).status).toBe(200)
    await expect.poll(async () => (await second.credits.balance('acme')).held).toBe('0.000000000')
    const rows = await collect(second.credits.ledger('acme'))
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 52 }, (_, index) => index + 1))
    expect(rows.slice(0, 51)).toEqual(before)
    expect(await second.credits.audit('acme')).toMatchObject({ ok: true, problems: [] })
    await second.close()
  })

  test('refuses calls while it is down, and charges what was under way when it is back', async () => {
    const adapter = new RemoteAdapter()
    const gateway = open(adapter)
    await gateway.credits.grant({ account: 'acme', amount: '1.00', reference: 'start' })
    const { token } = await gateway.keys.create({ account: 'acme' })
    const answer = await gateway.fetch(ask(token))
    adapter.isDown = true
    expect(answer.status).toBe(200)
    expect((await gateway.fetch(ask(token))).status).toBe(503)
    adapter.isDown = false
    await expect.poll(async () => (await gateway.fetch(ask(token))).status, { timeout: 5000 }).toBe(200)
    await expect
      .poll(
        async () =>
          (await collect(gateway.credits.ledger('acme'))).filter(({ op }) => op === 'settle').length,
      )
      .toBe(2)
    expect(await gateway.credits.audit('acme')).toMatchObject({ ok: true, problems: [] })
    await gateway.close()
  })

  test('is left alone by a process that another one has replaced', async () => {
    const values = new Map<string, unknown>()
    const first = open(new RemoteAdapter(values))
    await first.credits.grant({ account: 'acme', amount: '1.00', reference: 'start' })
    const second = open(new RemoteAdapter(values))
    await second.ready()
    await expect
      .poll(
        () =>
          first.credits.grant({ account: 'acme', amount: '1.00', reference: crypto.randomUUID() }).then(
            () => 'granted',
            ({ code }) => code,
          ),
        { timeout: 5000 },
      )
      .toBe('store_unavailable')
    await first.close()
    await second.close()
  })
})
