import { createGateway, type Gateway, type GatewayOptions, type LedgerRow } from '@tollgate/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silent } from '../adapters/bench.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

const secret = 'sixteen letters!'
const body = { messages: [{ role: 'user', content: 'hello big world' }] }

/** Six tokens at the fee's $0.05 a million. */
const feeAlone = '0.000000300'

let upstream: Upstream
let gateway: Gateway
let headers: Record<string, string>

async function start(options: GatewayOptions = { secret }): Promise<void> {
  const baseUrl = `${upstream.url}/v1`
  gateway = createGateway({
    store: 'memory:',
    logger: silent,
    ...options,
    providers: { openai: { apiKey: 'sk-operator', baseUrl }, anthropic: { baseUrl: upstream.url } },
  })
  await gateway.credits.grant({ account: 'acme', amount: '1.00', reference: 'start' })
  const { token } = await gateway.keys.create({ account: 'acme' })
  headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
}

beforeEach(async () => {
  upstream = await startUpstream()
  await start()
})
afterEach(async () => {
  await gateway.close()
  await upstream.close()
})

async function call(model: string, path = '/v1/chat/completions'): Promise<{ status: number; text: string }> {
  const response = await gateway.fetch(`http://gateway${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ ...body, model, max_tokens: 64 }),
  })
  return { status: response.status, text: await response.text() }
}

async function lastCharge() {
  let last: LedgerRow | undefined
  for await (const row of gateway.credits.ledger('acme')) if (row.op === 'settle') last = row
  return last
}

const own = (provider: string, value: string, account = 'acme') =>
  gateway.providerKeys.create({ account, provider, name: 'own', value })

describe("an account's own provider key", () => {
  test('goes upstream in place of the operator’s, and only the fee is charged', async () => {
    expect((await call('gpt-4o')).status).toBe(200)
    expect(upstream.calls.at(-1)?.headers.authorization).toBe('Bearer sk-operator')
    expect(await lastCharge()).toMatchObject({ amount: '0.000037800', fee: feeAlone })
    await own('openai', 'sk-own')
    expect((await call('gpt-4o')).status).toBe(200)
    expect(upstream.calls.at(-1)?.headers.authorization).toBe('Bearer sk-own')
    expect(await lastCharge()).toMatchObject({ amount: feeAlone, fee: feeAlone, modelCost: '0.000000000' })
    expect(await gateway.credits.audit('acme')).toMatchObject({ ok: true })
  })

  test('opens a provider that the operator has no key for, and nobody else’s calls', async () => {
    const model = 'claude-sonnet-4-6'
    expect((await call(model)).status).toBe(403)
    await own('anthropic', 'sk-ant-other', 'other')
    expect((await call(model)).status).toBe(403)
    await own('anthropic', 'sk-ant-own')
    expect((await call(model)).status).toBe(200)
    expect((await call(model, '/v1/messages')).status).toBe(200)
    expect(upstream.calls.map((sent) => sent.headers['x-api-key'])).toEqual(['sk-ant-own', 'sk-ant-own'])
  })

  test('pays for a model without a price, which credits cannot', async () => {
    const refused = await call('openai:gpt-next')
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('model_not_priced')
    await own('openai', 'sk-own')
    expect((await call('openai:gpt-next')).status).toBe(200)
    expect(upstream.calls.at(-1)?.json().model).toBe('gpt-next')
    expect(await lastCharge()).toMatchObject({ amount: feeAlone })
  })

  test('is replaced and taken away at once', async () => {
    const key = await own('openai', 'sk-first')
    await call('gpt-4o')
    await gateway.providerKeys.rotate(key.id, { value: 'sk-second' })
    await call('gpt-4o')
    await gateway.providerKeys.delete(key.id)
    await call('gpt-4o')
    const sent = upstream.calls.map(({ headers: { authorization } }) => authorization)
    expect(sent).toEqual(['Bearer sk-first', 'Bearer sk-second', 'Bearer sk-operator'])
  })

  test('that is disabled is not used, and credits are not spent in its place', async () => {
    const key = await own('openai', 'sk-own')
    await gateway.providerKeys.update(key.id, { disabled: true })
    const refused = await call('gpt-4o')
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('are all disabled')
    expect(upstream.calls).toHaveLength(0)
    await gateway.providerKeys.update(key.id, { disabled: false })
    expect((await call('gpt-4o')).status).toBe(200)
    expect(upstream.calls.at(-1)?.headers.authorization).toBe('Bearer sk-own')
  })

  test('is not deleted while a configuration names it', async () => {
    const { id } = await own('openai', 'sk-own')
    const steps = [{ type: 'own' as const, keys: [{ id }] }]
    const { id: configuration } = await gateway.configurations.create({
      name: 'batch',
      account: 'acme',
      routing: { rules: [{ provider: 'openai', steps }] },
    })
    await expect(gateway.providerKeys.delete(id)).rejects.toMatchObject({ code: 'in_use', status: 409 })
    expect(await gateway.providerKeys.get(id)).toMatchObject({ id, status: 'active' })
    await gateway.configurations.delete(configuration)
    expect(await gateway.providerKeys.delete(id)).toBe(true)
  })

  test('opens its models in the list', async () => {
    const ids = async (account: string) => (await gateway.models.list({ account })).map(({ id }) => id)
    expect(await ids('acme')).not.toContain('claude-sonnet-4-6')
    await own('anthropic', 'sk-ant-own')
    expect(await ids('acme')).toContain('claude-sonnet-4-6')
    expect(await ids('other')).not.toContain('claude-sonnet-4-6')
  })

  test('cannot be stored without a secret, and the error says which option', async () => {
    await gateway.close()
    await start({})
    await expect(own('openai', 'sk-own')).rejects.toThrow(/"secret" \(TOLLGATE_SECRET\)/)
  })

  test.each([
    [{ value: 'has space' }, 'value'],
    [{ value: '' }, 'value'],
    [{ account: '' }, 'account'],
    [{ provider: 5 }, 'provider'],
    [{ extra: 1 }, 'extra'],
  ])('%j is refused by name', async (wrong, field) => {
    const input = { account: 'acme', provider: 'openai', name: 'own', value: 'sk-own', ...wrong }
    await expect(gateway.providerKeys.create(input as never)).rejects.toThrow(new RegExp(field))
    expect(await gateway.providerKeys.list()).toEqual([])
  })
})
