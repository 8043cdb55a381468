import { expect, test } from 'vitest'
import { policyNames } from '../../../../../test/policies/names.ts'
import { openStore } from '../../store/open-store.ts'
import { createAccess } from '../access.ts'
import type { UpdateAccount } from './account.ts'

const start = Date.UTC(2026, 10, 24)

function setUp() {
  return createAccess({
    records: openStore('memory:').records,
    names: policyNames(),
    findProviderKey: async () => undefined,
    logger: { info() {}, warn() {}, error() {} },
    now: () => start,
  })
}

test('an account that nothing was set for is there all the same, and in no list', async () => {
  const { accounts } = setUp()
  expect(await accounts.get('acme')).toEqual({ account: 'acme', disabled: false, version: 0 })
  expect(await accounts.list()).toEqual([])
})

test('is kept, changed and listed by name', async () => {
  const { accounts } = setUp()
  await accounts.update('b', { tags: ['x'] })
  const first = await accounts.update('a', { limits: { rpm: 5 }, scope: { models: { allow: ['GPT-4o'] } } })
  expect(first).toEqual({
    account: 'a',
    disabled: false,
    limits: { rpm: 5 },
    scope: { models: { allow: ['gpt-4o'] } },
    version: 1,
    updatedAt: start,
  })
  const second = await accounts.update('a', { limits: null, metadata: { plan: 'pro' }, scope: undefined })
  expect(second).toEqual({
    account: 'a',
    disabled: false,
    scope: { models: { allow: ['gpt-4o'] } },
    metadata: { plan: 'pro' },
    version: 2,
    updatedAt: start,
  })
  expect((await accounts.list()).map(({ account }) => account)).toEqual(['a', 'b'])
  expect(await accounts.get('a')).toEqual(second)
})

test('is made once by those who change it first, and a change based on an old version is a conflict', async () => {
  const { accounts } = setUp()
  const edits = [1, 2, 3].map((rpm) => accounts.update('acme', { limits: { rpm } }, { version: 0 }))
  const settled = await Promise.allSettled(edits)
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  await expect(accounts.update('acme', {}, { version: 0 })).rejects.toMatchObject({
    code: 'version_conflict',
    status: 409,
  })
  expect(await accounts.update('acme', { tags: ['x'] }, { version: 1 })).toMatchObject({ version: 2 })
})

test.each([
  ['account', '', {}],
  ['account', 'zero\0', {}],
  ['limits.tpm', 'acme', { limits: { tpm: 0 } }],
  ['scope.providers.allow.0', 'acme', { scope: { providers: { allow: ['opnai'] } } }],
  ['ipRanges', 'acme', { ipRanges: [] }],
])('refuses a wrong %s by name', async (param, account, patch) => {
  await expect(setUp().accounts.update(account, patch as UpdateAccount)).rejects.toMatchObject({
    code: 'invalid_request',
    param,
  })
})

test('limits all of its keys by one pool, and refuses their calls while it is disabled', async () => {
  const { accounts, keys } = setUp()
  const tokens = await Promise.all([1, 2].map(() => keys.create({ account: 'acme' })))
  const other = await keys.create({ account: 'other' })
  await accounts.update('acme', { limits: { rpm: 5, spend: { limit: '1', window: 'month' } } })
  const pool = {
    id: 'account',
    owner: 'the account',
    rpm: 5,
    spend: { month: 1_000_000_000n },
  }
  for (const { token } of tokens) expect(await keys.authenticate(token)).toMatchObject({ limits: [pool] })
  expect(await keys.authenticate(other.token)).toMatchObject({ limits: [], policy: undefined })

  await accounts.update('acme', { disabled: true })
  for (const { token } of tokens) {
    await expect((async () => keys.authenticate(token))()).rejects.toMatchObject({
      code: 'account_disabled',
      status: 403,
    })
  }
  await keys.authenticate(other.token)
  await accounts.update('acme', { disabled: null })
  for (const { token } of tokens) expect(await keys.authenticate(token)).toMatchObject({ account: 'acme' })
})
