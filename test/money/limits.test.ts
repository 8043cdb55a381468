import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AccessKeyLimits, createGateway, type Gateway, type GatewayOptions } from '@tollgate/core'
import { describe, expect } from 'vitest'
import { silent } from '../adapters/bench.ts'
import { type OwnStore, ownStores, testOwnStore } from '../stores/own-stores.ts'
import { providerLike } from '../upstream/provider-like.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import type { Reply } from './limits/caller-messages.ts'
import { type Caller, startCaller } from './limits/callers.ts'

const timeoutMs = 180_000
const processes = 4
const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello '.repeat(50) }], max_tokens: 64 }

interface Scene {
  readonly gateway: Gateway
  readonly upstream: Upstream
  readonly callers: readonly Caller[]
  /** An account of its own, with so many keys of these limits. */
  account(limits: { readonly account: AccessKeyLimits; readonly key: AccessKeyLimits }): Promise<Limited>
}

interface Limited {
  readonly account: string
  readonly tokens: readonly string[]
}

/** Four processes with a gateway each on one store, and a provider that counts what reaches it. */
async function withProcesses(store: OwnStore, work: (scene: Scene) => Promise<void>): Promise<void> {
  const server = await ownStores[store]()
  await server.start()
  const folder = mkdtempSync(join(tmpdir(), 'limits-'))
  const upstream = await startUpstream()
  const options: GatewayOptions = {
    store: server.url,
    holds: { ttl: 3000 },
    providers: { openai: { apiKey: 'sk-upstream', baseUrl: `${upstream.url}/v1` } },
  }
  const gateway = createGateway({ ...options, spool: join(folder, 'own'), logger: silent })
  const callers: Caller[] = []
  try {
    await expect
      .poll(
        () =>
          gateway.ready().then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true)
    // All of them on one machine: they share its spool.
    const spool = join(folder, 'spool')
    const start = () => startCaller({ ...options, spool })
    callers.push(...(await Promise.all(Array.from({ length: processes }, start))))
    await work({ gateway, upstream, callers, account: (limits) => openAccount(gateway, limits) })
  } finally {
    await Promise.all(callers.map((caller) => caller.kill()))
    await gateway.close()
    await upstream.close()
    await server.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function openAccount(
  { accounts, credits, keys }: Gateway,
  limits: { readonly account: AccessKeyLimits; readonly key: AccessKeyLimits },
): Promise<Limited> {
  const account = `account-${crypto.randomUUID()}`
  await accounts.update(account, { limits: limits.account })
  await credits.grant({ account, amount: '50.00', reference: 'start' })
  const made = [
    await keys.create({ account, limits: limits.key }),
    await keys.create({ account, limits: limits.key }),
  ]
  return { account, tokens: made.map(({ token }) => token) }
}

/** So many calls from every process at once, by the keys in turn. Resolves to the replies by key. */
async function callAll({ callers }: Scene, tokens: readonly string[], each: number): Promise<Reply[][]> {
  const calls = tokens.map((token) =>
    callers.flatMap((caller) => Array.from({ length: each }, () => caller.call({ token, body }))),
  )
  return Promise.all(calls.map((ofKey) => Promise.all(ofKey)))
}

const served = (replies: readonly Reply[]) => replies.filter(({ status }) => status === 200).length
/** A busy store may have counted a call that it could not tell of in time. */
const counted = (replies: readonly Reply[]) =>
  served(replies) + replies.filter(({ code }) => code === 'store_unavailable').length
const refusals = (replies: readonly Reply[]) =>
  new Set(replies.filter(({ status }) => status !== 200).map(({ code, message }) => `${code}: ${message}`))

/** Rates are counted by UTC minutes: what a test fires shall be within one, unless the machine takes that long. */
async function beginMinute(): Promise<() => number> {
  const left = 60_000 - (Date.now() % 60_000)
  if (left < 30_000) await sleep(left + 50)
  const first = Math.floor(Date.now() / 60_000)
  return () => Math.floor(Date.now() / 60_000) - first + 1
}

async function audited({ gateway }: Scene, account: string): Promise<void> {
  await expect
    .poll(async () => (await gateway.credits.balance(account)).held, { timeout: 20_000 })
    .toBe('0.000000000')
  expect(await gateway.credits.audit(account)).toMatchObject({ ok: true, problems: [] })
}

async function keepRates(scene: Scene): Promise<void> {
  const tokens = await tokensOfCall(scene)
  const cases = [
    {
      account: { rpm: 30 },
      key: { rpm: 20 },
      words: ['rpm of the account is 30', 'rpm of the access key is 20'],
    },
    {
      account: { tpm: tokens * 30 + 1 },
      key: { tpm: tokens * 20 + 1 },
      words: [`tpm of the account is ${tokens * 30 + 1}`, `tpm of the access key is ${tokens * 20 + 1}`],
    },
  ]
  for (const { words, ...limits } of cases) {
    const limited = await scene.account(limits)
    const minutes = await beginMinute()
    const replies = await callAll(scene, limited.tokens, 10)
    const spanned = minutes()
    for (const ofKey of replies) expect(served(ofKey)).toBeLessThanOrEqual(20 * spanned)
    const all = replies.flat()
    expect(served(all)).toBeLessThanOrEqual(30 * spanned)
    expect(counted(all)).toBeGreaterThanOrEqual(27)
    // One key alone is held to its own limit.
    const alone = await scene.account(limits)
    const minutesAlone = await beginMinute()
    const [ofOne = []] = await callAll(scene, alone.tokens.slice(0, 1), 10)
    expect(served(ofOne)).toBeLessThanOrEqual(20 * minutesAlone())
    expect(counted(ofOne)).toBeGreaterThanOrEqual(18)
    const told = [...refusals(all), ...refusals(ofOne)].join('\n')
    for (const word of words) expect(told).toContain(`Rate limit exceeded: ${word}.`)
    await audited(scene, limited.account)
  }
}

/** What a call reserves of the tokens of a minute: found by the limit that just lets it pass. */
async function tokensOfCall({ gateway }: Scene): Promise<number> {
  await gateway.credits.grant({ account: 'probe', amount: '5.00', reference: 'start' })
  let [least, most] = [1, 4096]
  while (least < most) {
    const tpm = Math.floor((least + most) / 2)
    const { token } = await gateway.keys.create({ account: 'probe', limits: { tpm } })
    const request = new Request('http://gateway/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const { status } = await gateway.fetch(request)
    if (status === 200) most = tpm
    else least = tpm + 1
  }
  return least
}

async function keepBudget(scene: Scene): Promise<void> {
  const day = (limit: string) => ({ spend: [{ limit, window: 'day' as const }, { limit: '40.00' }] })
  const { account, tokens } = await scene.account({ account: day('0.05'), key: day('0.03') })
  const first = new Date().getUTCDate()
  const calls = tokens.flatMap((token) =>
    scene.callers.flatMap((caller) =>
      Array.from({ length: 4 }, () => caller.call({ token, body, untilSpent: true })),
    ),
  )
  const replies = await Promise.all(calls)
  const days = new Date().getUTCDate() === first ? 1 : 2
  expect(new Set(replies.map(({ code }) => code))).toEqual(new Set(['budget_exceeded']))
  await audited(scene, account)
  const spent = new Map<string, number>()
  let all = 0
  for await (const { op, key = '', amount } of scene.gateway.credits.ledger(account)) {
    if (!op.startsWith('settle')) continue
    all += Number(amount)
    spent.set(key, (spent.get(key) ?? 0) + Number(amount))
  }
  expect(spent.size).toBe(2)
  for (const ofKey of spent.values()) expect(ofKey).toBeLessThanOrEqual(0.03 * days + 1e-9)
  expect(all).toBeLessThanOrEqual(0.05 * days + 1e-9)
  expect(all).toBeGreaterThanOrEqual(0.05 * 0.9)
}

/** A provider that answers nobody until it is told to. */
function holdUpstream({ upstream }: Scene) {
  let gate = Promise.withResolvers<void>()
  upstream.calls.length = 0
  upstream.respond(async (call) => {
    await gate.promise
    return providerLike(call)
  })
  return {
    reached: () => upstream.calls.filter(({ aborted }) => !aborted).length,
    letGo() {
      gate.resolve()
      gate = Promise.withResolvers<void>()
      upstream.calls.length = 0
    },
    end() {
      gate.resolve()
      upstream.respond()
    },
  }
}

async function keepSlots(scene: Scene): Promise<void> {
  const { account, tokens } = await scene.account({ account: { concurrency: 12 }, key: { concurrency: 8 } })
  const provider = holdUpstream(scene)
  const refused: Reply[] = []
  const fire = (callers: readonly Caller[], each: number) => {
    const running = tokens.flatMap((token) =>
      callers.flatMap((caller) => Array.from({ length: each }, () => caller.call({ token, body }))),
    )
    for (const call of running) call.then((reply) => reply.status === 200 || refused.push(reply))
    return running
  }
  // A full set runs side by side, and everything else is refused at once.
  fire(scene.callers, 4)
  await expect.poll(() => provider.reached() + refused.length, { timeout: 30_000 }).toBe(32)
  expect(provider.reached()).toBe(12)
  expect([...refusals(refused)].join('\n')).toContain('concurrency of the account is 12.')

  // Of two processes that die, nobody ends the calls: their time does. What the others run, goes on.
  const survivors = scene.callers.slice(2)
  await Promise.all(scene.callers.slice(0, 2).map((caller) => caller.kill()))
  provider.letGo()
  await audited(scene, account)

  // A full set of new calls again, and not one more.
  refused.length = 0
  const again = fire(survivors, 8)
  await expect.poll(() => provider.reached() + refused.length, { timeout: 30_000 }).toBe(32)
  expect(provider.reached()).toBe(12)
  expect([...refusals(refused)].every((words) => words.includes('concurrency of the'))).toBe(true)
  provider.end()
  expect(served(await Promise.all(again))).toBe(12)
  await audited(scene, account)

  const [one = ''] = tokens
  const alone = holdUpstream(scene)
  refused.length = 0
  const last = survivors.flatMap((caller) =>
    Array.from({ length: 8 }, () => caller.call({ token: one, body })),
  )
  for (const call of last) call.then((reply) => reply.status === 200 || refused.push(reply))
  await expect.poll(() => alone.reached() + refused.length, { timeout: 30_000 }).toBe(16)
  expect(alone.reached()).toBe(8)
  expect([...refusals(refused)].join('\n')).toContain('concurrency of the access key is 8.')
  alone.end()
  await Promise.all(last)
  await audited(scene, account)
}

const stores: readonly OwnStore[] = ['redis', 'postgres', 'mariadb']
const proofs = {
  'P15 four processes on one store keep the rates of a key and of its account, and use them': keepRates,
  'P1 four processes spend what a key and its account may spend a day, and nothing beyond': keepBudget,
  'P18 four processes share the slots of a key and of its account, and get those of two that were killed':
    keepSlots,
}

describe.each(Object.entries(proofs))('%s', (_, proof) => {
  for (const store of stores) testOwnStore(store, () => withProcesses(store, proof), timeoutMs)
})
