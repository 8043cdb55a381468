import { expect, test } from 'vitest'
import { policyNames } from '../../../../../test/policies/names.ts'
import { openStore } from '../../store/open-store.ts'
import { createAccess } from '../access.ts'
import type { Caller } from './caller.ts'

const start = Date.UTC(2026, 10, 24)

function setUp() {
  const clock = { now: start }
  const reads: string[] = []
  const store = openStore('memory:')
  const access = createAccess({
    records: (namespace) => {
      const records = store.records<object>(namespace)
      const get = (id: string) => {
        reads.push(namespace)
        return records.get(id)
      }
      return { ...records, get } as never
    },
    names: policyNames(),
    findProviderKey: async () => undefined,
    logger: { info() {}, warn() {}, error() {} },
    now: () => clock.now,
  })
  return { ...access, clock, reads, store }
}

const ada: Caller = { account: 'acme', subject: 'ada' }

test('a caller whom nothing restricts is looked up once', async () => {
  const { callers, reads, clock } = setUp()
  const principal = await callers.principalOf(ada)
  expect(principal).toEqual({
    account: 'acme',
    accessKeyId: undefined,
    subject: 'ada',
    limits: [],
    policy: undefined,
    admitsAddress: undefined,
  })
  expect(reads).toEqual(['accounts'])
  expect(callers.principalOf({ ...ada })).toBe(principal)
  expect(callers.principalOf({ account: 'acme', subject: undefined })).toBeInstanceOf(Promise)
  clock.now += 4000
  expect(callers.principalOf({ ...ada })).toBeInstanceOf(Promise)
})

test('a caller has what the host says, its configuration and its account, on counters of its own', async () => {
  const { callers, configurations, accounts } = setUp()
  const { id } = await configurations.create({
    name: 'a',
    limits: { rpm: 4, concurrency: 2 },
    ipRanges: ['10.0.0.0/8'],
  })
  await accounts.update('acme', { limits: { tpm: 100 } })
  const caller: Caller = {
    ...ada,
    configuration: id,
    limits: { rpm: 5, concurrency: 1 },
    scope: { models: { allow: ['GPT-4o'] } },
    tags: ['web'],
  }
  const { limits, policy, admitsAddress } = await callers.principalOf(caller)
  expect(limits).toEqual([
    {
      id: 'caller:ada',
      owner: 'the caller',
      rpm: 4,
      concurrency: 1,
      owners: { rpm: 'the configuration "a"' },
    },
    { id: 'account', owner: 'the account', tpm: 100 },
  ])
  expect(policy).toMatchObject({ configuration: id, tags: ['web'] })
  expect(policy?.refusal('openai', 'gpt-4')).toEqual({ owner: 'the caller', list: 'models' })
  expect(policy?.allows('openai', 'gpt-4o')).toBe(true)
  expect(admitsAddress?.('11.0.0.1')).toBe(false)
})

test('what is said of one caller is not said of another', async () => {
  const { callers } = setUp()
  const said = [
    ada,
    { ...ada, limits: { rpm: 1 } },
    { ...ada, limits: { rpm: 2 } },
    { ...ada, account: 'other' },
  ]
  const first = await Promise.all(said.map((caller) => callers.principalOf(caller)))
  expect(first.map(({ account, limits }) => [account, limits[0]?.rpm])).toEqual([
    ['acme', undefined],
    ['acme', 1],
    ['acme', 2],
    ['other', undefined],
  ])
  expect(said.map((caller) => callers.principalOf(caller))).toEqual(first)
})

test('an edit takes effect on the next call, and what is missing, expired or disabled refuses it', async () => {
  const { callers, configurations, accounts, clock } = setUp()
  const { id } = await configurations.create({ name: 'a', limits: { rpm: 1 }, expiresAt: start + 100 })
  const caller = { ...ada, configuration: id }
  const ask = async () => callers.principalOf(caller)
  expect(await ask()).toMatchObject({ limits: [{ rpm: 1 }] })
  await configurations.update(id, { limits: { rpm: 2 } })
  expect(await ask()).toMatchObject({ limits: [{ rpm: 2 }] })
  clock.now += 100
  await expect(ask()).rejects.toMatchObject({ code: 'configuration_not_usable', status: 403 })
  await configurations.delete(id)
  await expect(ask()).rejects.toThrow(/not there/)
  await accounts.update('acme', { disabled: true })
  await expect(ask()).rejects.toMatchObject({ code: 'account_disabled', status: 403 })
})

test('any subject has counters of its own, however long or odd', async () => {
  const { callers } = setUp()
  const subjects = ['', 'a', 'x'.repeat(2000), `${'x'.repeat(2000)}y`, 'zero\0', 'half \ud83d']
  const all = await Promise.all(
    subjects.map((subject) => callers.principalOf({ account: 'acme', subject, limits: { rpm: 1 } })),
  )
  const ids = all.map(({ limits }) => limits[0]?.id ?? '')
  expect(new Set(ids).size).toBe(subjects.length)
  for (const id of ids) expect(id.length).toBeLessThan(100)
})

test.each([
  ['limits.rpm', { limits: { rpm: 0 } }],
  ['scope.models.allow.0', { scope: { models: { allow: ['gpt-4oo'] } } }],
  ['ipRanges', { ipRanges: [] }],
])('a wrong %s is named', async (param, policy) => {
  const { callers } = setUp()
  await expect(callers.principalOf({ ...ada, ...policy } as Caller)).rejects.toMatchObject({
    code: 'invalid_request',
    param,
  })
})
