import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { openStore } from '../../store/open-store.ts'
import { createToken, parseToken } from '../access-key-token.ts'
import { type ManagementKeyRecord, type ManagementScope, managementTokens } from './management-key.ts'
import { createManagementKeys } from './management-keys.ts'

const start = Date.UTC(2026, 10, 24)

function setUp() {
  const clock = { now: start }
  const records = openStore('memory:').records<ManagementKeyRecord>('management-keys')
  const keys = createManagementKeys({ records, now: () => clock.now })
  return { keys, clock, records }
}

test('show their token once; what is kept of it is a hash', async () => {
  const { keys, records } = setUp()
  const { token, ...made } = await keys.create({ name: 'billing', scopes: ['credits', 'credits'] })
  expect(token).toMatch(new RegExp(`^tgm_${made.id}_[0-9A-Za-z]{49}$`))
  expect(made).toEqual({
    id: made.id,
    name: 'billing',
    scopes: ['credits'],
    redacted: `tgm_${made.id}_…`,
    createdAt: start,
  })
  expect(await keys.list()).toEqual([made])
  expect(await keys.authenticate(token, 'credits')).toEqual(made)
  const secret = token.slice(-49)
  expect(inspect([await records.get(made.id), await keys.list(), keys])).not.toContain(secret)
})

const granted: readonly (readonly [ManagementScope, readonly ManagementScope[]])[] = [
  ['read', ['read']],
  ['keys', ['read', 'keys']],
  ['credits', ['read', 'credits']],
  ['admin', ['read', 'keys', 'credits', 'admin']],
]

test.each(granted)('%s covers %j and no more', async (scope, covered) => {
  const { keys } = setUp()
  const { token } = await keys.create({ name: 'a', scopes: [scope] })
  for (const needed of ['read', 'keys', 'credits', 'admin'] as const) {
    const asked = keys.authenticate(token, needed)
    if (covered.includes(needed)) await asked
    else await expect(asked).rejects.toMatchObject({ code: 'insufficient_scope', status: 403 })
  }
})

test('end when they are revoked, for ever, and at their time', async () => {
  const { keys, clock } = setUp()
  const revoked = await keys.create({ name: 'a', scopes: ['admin'] })
  expect(await keys.revoke(revoked.id)).toMatchObject({ revokedAt: start })
  const expiring = await keys.create({ name: 'b', scopes: ['admin'], expiresAt: start + 10 })
  await keys.authenticate(expiring.token, 'admin')
  clock.now += 10
  expect(await keys.revoke(revoked.id)).toMatchObject({ revokedAt: start })
  const refused = (words: RegExp) => ({
    code: 'invalid_api_key',
    status: 401,
    message: expect.stringMatching(words),
  })
  await expect(keys.authenticate(revoked.token, 'read')).rejects.toMatchObject(refused(/revoked/))
  await expect(keys.authenticate(expiring.token, 'read')).rejects.toMatchObject(refused(/expired/))
  await expect(keys.revoke('nobody')).rejects.toMatchObject({ param: 'id' })
})

test('are told from access keys, from typos and from guesses', async () => {
  const { keys } = setUp()
  const { id, token } = await keys.create({ name: 'a', scopes: ['admin'] })
  expect(parseToken(token)).toBeUndefined()
  const typo = `${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`
  for (const text of [createToken(id).token, typo, '', 'tgm_']) {
    await expect(keys.authenticate(text, 'read')).rejects.toThrow(/malformed/)
  }
  for (const text of [managementTokens.create(id).token, managementTokens.create().token]) {
    await expect(keys.authenticate(text, 'read')).rejects.toThrow(/unknown/)
  }
  await expect(keys.authenticate(token, 'everything' as 'read')).rejects.toThrow(TypeError)
})

test.each([
  ['name', { scopes: ['read'] }],
  ['scopes', { name: 'a', scopes: [] }],
  ['scopes.1', { name: 'a', scopes: ['read', 'write'] }],
  ['expiresAt', { name: 'a', scopes: ['read'], expiresAt: start }],
  ['account', { name: 'a', scopes: ['read'], account: 'acme' }],
])('refuse a wrong %s by name', async (param, input) => {
  await expect(setUp().keys.create(input as never)).rejects.toMatchObject({ code: 'invalid_request', param })
})
