import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { policyNames } from '../../../../test/policies/names.ts'
import { openStore, type Store } from '../store/open-store.ts'
import type { RecordStore } from '../store/record-store.ts'
import { createAccess } from './access.ts'
import type { AccessKeyRecord } from './access-key.ts'
import { createToken } from './access-key-token.ts'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-access-'))
afterAll(() => rmSync(folder, { recursive: true }))

const start = Date.UTC(2026, 10, 24)

function setUp(
  store: Store = openStore('memory:'),
  wrap = (records: RecordStore<AccessKeyRecord>) => records,
) {
  const clock = { now: start }
  const reads: string[] = []
  const warnings: unknown[] = []
  const stored = store.records<AccessKeyRecord>('access-keys')
  const counted: RecordStore<AccessKeyRecord> = {
    ...stored,
    get: (id) => {
      reads.push(id)
      return stored.get(id)
    },
  }
  const lastUsed = store.records<{ at: number }>('access-key-uses')
  const access = createAccess({
    records: (namespace) => {
      if (namespace === 'access-key-uses') return lastUsed as never
      return namespace === 'access-keys' ? (wrap(counted) as never) : store.records(namespace)
    },
    names: policyNames(),
    findProviderKey: async () => undefined,
    logger: { info: () => {}, warn: (fields) => warnings.push(fields), error: () => {} },
    now: () => clock.now,
  })
  return { ...access, clock, reads, warnings, stored, lastUsed, store }
}

/** Waits for the answer, thrown or rejected. */
async function ask<Answer>(question: () => Answer | Promise<Answer>): Promise<Answer> {
  return question()
}

const refused = (reason: RegExp) => ({
  code: 'invalid_api_key',
  status: 401,
  message: expect.stringMatching(reason),
})

describe('create', () => {
  test('shows the token once and the key without secrets ever after', async () => {
    const { keys, configurations } = setUp()
    const { id: strict } = await configurations.create({ name: 'strict' })
    const { token, ...created } = await keys.create({
      account: 'acme',
      name: 'ci',
      configuration: strict,
      description: 'of the build',
      scope: { models: { allow: ['GPT-4o'] } },
      ipRanges: ['10.0.0.0/8'],
      tags: ['build'],
      expiresAt: '2026-12-01T00:00:00Z',
      limits: { spend: { limit: '5.00', window: 'day' }, rpm: 60, maxOutputTokens: 100 },
      metadata: { team: 'red' },
    })
    expect(token).toMatch(/^tg_/)
    expect(created).toEqual({
      id: created.id,
      account: 'acme',
      name: 'ci',
      configuration: strict,
      description: 'of the build',
      scope: { models: { allow: ['gpt-4o'] } },
      ipRanges: ['10.0.0.0/8'],
      tags: ['build'],
      redacted: `tg_${created.id}_…`,
      createdAt: start,
      expiresAt: Date.UTC(2026, 11, 1),
      disabled: false,
      limits: { spend: { limit: '5.00', window: 'day' }, rpm: 60, maxOutputTokens: 100 },
      metadata: { team: 'red' },
    })
    expect(await keys.get(created.id)).toEqual(created)
    expect(await keys.get('nobody')).toBeUndefined()
  })

  test('lists in the order of creation, by account', async () => {
    const { keys, clock } = setUp()
    for (const account of ['b', 'a', 'b']) {
      clock.now += 1
      await keys.create({ account })
    }
    expect((await keys.list()).map(({ account }) => account)).toEqual(['b', 'a', 'b'])
    expect((await keys.list({ account: 'b' })).map(({ createdAt }) => createdAt)).toEqual([
      start + 1,
      start + 3,
    ])
    expect((await keys.list('b')).map(({ createdAt }) => createdAt)).toEqual([start + 1, start + 3])
  })

  test.each([
    ['account', {}],
    ['account', { account: '' }],
    ['account', { account: 'zero\0character' }],
    ['account', { account: 'half \ud83d' }],
    ['acount', { account: 'a', acount: 'b' }],
    ['name', { account: 'a', name: 'n'.repeat(256) }],
    ['limits.rpm', { account: 'a', limits: { rpm: 0 } }],
    ['limits.tpm', { account: 'a', limits: { tpm: 1.5 } }],
    ['limits.spend.limit', { account: 'a', limits: { spend: { limit: 5 } } }],
    ['limits.spend.limit', { account: 'a', limits: { spend: { limit: '-5' } } }],
    ['limits.spend.window', { account: 'a', limits: { spend: { limit: '5', window: 'year' } } }],
    [
      'limits.spend',
      { account: 'a', limits: { spend: [{ limit: '5' }, { limit: '6', window: 'lifetime' }] } },
    ],
    ['limits.spend.0.limit', { account: 'a', limits: { spend: [{ limit: 'much' }] } }],
    ['limits.spend.windows', { account: 'a', limits: { spend: { limit: '5', windows: 'day' } } }],
    ['limits.spend', { account: 'a', limits: { spend: '5' } }],
    ['limits.rps', { account: 'a', limits: { rps: 1 } }],
    ['expiresAt', { account: 'a', expiresAt: 'tomorrow' }],
    ['expiresAt', { account: 'a', expiresAt: start / 1000 + 60 }],
    [
      'limits.spend',
      { account: 'a', limits: { spend: [{ limit: '5' }, { limit: '6', window: 'lifetime' }] } },
    ],
    ['limits.maxInputTokens', { account: 'a', limits: { maxInputTokens: -1 } }],
    ['configuration', { account: 'a', configuration: 'cfg_none' }],
    ['ipRanges.1', { account: 'a', ipRanges: ['10.0.0.1', '10.0.0.0/33'] }],
    ['scope.providers.allow.0', { account: 'a', scope: { providers: { allow: ['OpenAI'] } } }],
    ['scope.providers.deny.0', { account: 'a', scope: { providers: { deny: ['opnai'] } } }],
    ['scope.models.allow.1', { account: 'a', scope: { models: { allow: ['gpt-4o', 'gpt-4oo'] } } }],
    ['scope.models.block', { account: 'a', scope: { models: { block: [] } } }],
    ['tags.0', { account: 'a', tags: [''] }],
    ['metadata', { account: 'a', metadata: { text: 'x'.repeat(4096) } }],
  ])('refuses a wrong %s by name', async (param, input) => {
    const { keys } = setUp()
    await expect(keys.create(input as { account: string })).rejects.toMatchObject({
      code: 'invalid_request',
      param,
      message: expect.stringContaining(`"${param}"`),
    })
  })
})

describe('authenticate', () => {
  test('answers at once when cached, and asks the store once for calls that arrive together', async () => {
    const { keys, reads } = setUp()
    const { token, id } = await keys.create({ account: 'acme', limits: { spend: { limit: '0.50' }, tpm: 9 } })
    reads.length = 0
    await Promise.all(Array.from({ length: 50 }, () => ask(() => keys.authenticate(token))))
    expect(keys.authenticate(token)).toEqual({
      account: 'acme',
      accessKeyId: id,
      subject: id,
      configuration: undefined,
      limits: [{ id, owner: 'the access key', spend: { lifetime: 500_000_000n }, tpm: 9 }],
      policy: undefined,
      admitsAddress: undefined,
    })
    expect(reads).toEqual([id])
  })

  test('says what is wrong, and of a guessed secret nothing but that it is unknown', async () => {
    const { keys, clock } = setUp()
    const { id } = await keys.create({ account: 'acme' })
    await keys.revoke(id)
    expect(() => keys.authenticate('sk-proj-abc')).toThrow(/malformed/)
    await expect(ask(() => keys.authenticate(createToken().token))).rejects.toMatchObject(refused(/unknown/))
    await expect(ask(() => keys.authenticate(createToken(id).token))).rejects.toMatchObject(
      refused(/unknown/),
    )
    const disabled = await keys.create({ account: 'acme' })
    await keys.update(disabled.id, { disabled: true })
    await expect(ask(() => keys.authenticate(disabled.token))).rejects.toMatchObject(refused(/disabled/))
    const expired = await keys.create({ account: 'acme', expiresAt: clock.now + 10 })
    clock.now += 10
    await expect(ask(() => keys.authenticate(expired.token))).rejects.toMatchObject(refused(/expired/))
  })

  test('an expiry takes effect while the key is cached', async () => {
    const { keys, clock } = setUp()
    const { token } = await keys.create({ account: 'acme', expiresAt: start + 100 })
    await keys.authenticate(token)
    clock.now += 99
    expect(keys.authenticate(token)).toMatchObject({ account: 'acme' })
    clock.now += 1
    expect(() => keys.authenticate(token)).toThrow(/expired/)
  })

  test('a flood of one unknown key is one look-up, and does not evict good keys', async () => {
    const { keys, reads } = setUp()
    const { token } = await keys.create({ account: 'acme' })
    await keys.authenticate(token)
    const unknown = createToken().token
    await expect(ask(() => keys.authenticate(unknown))).rejects.toMatchObject(refused(/unknown/))
    reads.length = 0
    for (let count = 0; count < 1000; count += 1) expect(() => keys.authenticate(unknown)).toThrow(/unknown/)
    expect(reads).toEqual([])
    for (let count = 0; count < 10_100; count += 1) {
      await ask(() => keys.authenticate(createToken().token)).catch(() => {})
    }
    expect(keys.authenticate(token)).toMatchObject({ account: 'acme' })
  })

  test('a key that turned bad elsewhere is refused from the cache, too', async () => {
    const file = `sqlite:${join(folder, 'turned.db')}`
    const [here, there] = [setUp(openStore(file)), setUp(openStore(file))]
    const { token, id } = await there.keys.create({ account: 'acme' })
    await here.keys.authenticate(token)
    await there.keys.update(id, { disabled: true })
    here.clock.now += 4000
    await expect(ask(() => here.keys.authenticate(token))).rejects.toMatchObject(refused(/disabled/))
    here.reads.length = 0
    expect(() => here.keys.authenticate(token)).toThrow(/disabled/)
    expect(here.reads).toEqual([])
    for (const { store } of [here, there]) store.close()
  })

  test('a store that fails is 503 and is not remembered', async () => {
    let down = true
    const { keys } = setUp(undefined, (records) => ({
      ...records,
      get: (id) => (down ? Promise.reject(new Error('down')) : records.get(id)),
    }))
    const { token } = await keys.create({ account: 'acme' })
    await expect(ask(() => keys.authenticate(token))).rejects.toThrow('down')
    down = false
    expect(await keys.authenticate(token)).toMatchObject({ account: 'acme' })
  })

  test.each([{}, { id: 'another', account: 'a', hash: 'h' }])(
    'an alien record %j is a store failure, neither a key nor a miss',
    async (alien) => {
      const { keys, stored } = setUp()
      const { id, token } = createToken()
      await stored.put(id, alien as AccessKeyRecord)
      await expect(ask(() => keys.authenticate(token))).rejects.toMatchObject({ code: 'store_unavailable' })
    },
  )
})

describe('update', () => {
  test('keeps what is left out, clears what is null, and takes effect at once', async () => {
    const { keys } = setUp()
    const { id, token } = await keys.create({ account: 'acme', name: 'ci', limits: { rpm: 1, tpm: 2 } })
    expect(await keys.authenticate(token)).toMatchObject({ limits: [{ rpm: 1, tpm: 2 }] })
    const updated = await keys.update(id, { limits: { rpm: 9 }, metadata: { a: 1 }, name: undefined })
    expect(updated).toMatchObject({ name: 'ci', limits: { rpm: 9 }, metadata: { a: 1 } })
    expect(await keys.authenticate(token)).toMatchObject({ limits: [{ id, rpm: 9 }] })
    const cleared = await keys.update(id, { name: null, limits: null })
    expect(cleared).not.toHaveProperty('name')
    expect(await keys.get(id)).toEqual(cleared)
    expect(await keys.authenticate(token)).toMatchObject({ limits: [] })
    await keys.update(id, { disabled: true })
    await expect(ask(() => keys.authenticate(token))).rejects.toMatchObject(refused(/disabled/))
    await keys.update(id, { disabled: false })
    expect(await keys.authenticate(token)).toMatchObject({ account: 'acme' })
  })

  test('changes made at the same time are all kept', async () => {
    const { keys } = setUp()
    const { id } = await keys.create({ account: 'acme' })
    await Promise.all([
      keys.update(id, { name: 'ci' }),
      keys.update(id, { limits: { rpm: 1 } }),
      keys.rotate(id, { overlapMs: 5 }),
      keys.update(id, { metadata: { a: 1 } }),
    ])
    expect(await keys.get(id)).toMatchObject({ name: 'ci', limits: { rpm: 1 }, metadata: { a: 1 } })
  })

  test('refuses the hash, the account and unknown keys', async () => {
    const { keys } = setUp()
    const { id } = await keys.create({ account: 'acme' })
    const patch = (members: object) => keys.update(id, members)
    await expect(patch({ hash: 'x' })).rejects.toMatchObject({ param: 'hash' })
    await expect(patch({ account: 'x' })).rejects.toMatchObject({ param: 'account' })
    await expect(patch({ expiresAt: 1 })).rejects.toMatchObject({ param: 'expiresAt' })
    await expect(keys.update('nobody', {})).rejects.toMatchObject({ param: 'id' })
    await expect(keys.revoke('nobody')).rejects.toMatchObject({ param: 'id' })
  })
})

describe('rotate', () => {
  test('replaces the token at once, or after an overlap', async () => {
    const { keys, clock } = setUp()
    const first = await keys.create({ account: 'acme' })
    await keys.authenticate(first.token)
    const second = await keys.rotate(first.id)
    await expect(ask(() => keys.authenticate(first.token))).rejects.toMatchObject(refused(/unknown/))
    const third = await keys.rotate(first.id, { overlapMs: 1000 })
    expect(third.previousTokenUntil).toBe(start + 1000)
    expect(await keys.authenticate(second.token)).toMatchObject({ accessKeyId: first.id })
    expect(await keys.authenticate(third.token)).toMatchObject({ accessKeyId: first.id })
    clock.now += 1000
    expect(() => keys.authenticate(second.token)).toThrow(/replaced/)
    expect(keys.authenticate(third.token)).toMatchObject({ accessKeyId: first.id })
  })
})

describe('P16 revocation', () => {
  test('is permanent', async () => {
    const { keys, clock } = setUp()
    const { id, token } = await keys.create({ account: 'acme' })
    expect(await keys.revoke(id)).toMatchObject({ revokedAt: start })
    clock.now += 5
    expect(await keys.revoke(id)).toMatchObject({ revokedAt: start })
    await expect(keys.update(id, { disabled: false })).rejects.toMatchObject({ param: 'id' })
    await expect(keys.rotate(id)).rejects.toMatchObject({ param: 'id' })
    expect(await keys.list()).toMatchObject([{ revokedAt: start }])
    await expect(ask(() => keys.authenticate(token))).rejects.toMatchObject(refused(/revoked/))
  })

  test('holds under constant load, from the moment it resolves', async () => {
    const { keys, clock, store } = setUp(openStore(`sqlite:${join(folder, 'load.db')}`))
    const { id, token } = await keys.create({ account: 'acme' })
    const accepted = { before: 0, after: 0 }
    let [revoked, stop] = [false, false]
    const caller = async () => {
      while (!stop) {
        const when = revoked ? 'after' : 'before'
        await ask(() => keys.authenticate(token)).then(
          () => (accepted[when] += 1),
          () => {},
        )
        clock.now += 50
        await setImmediate()
      }
    }
    const callers = Array.from({ length: 32 }, caller)
    for (let round = 0; round < 50; round += 1) await setImmediate()
    await keys.revoke(id)
    revoked = true
    for (let round = 0; round < 200; round += 1) await setImmediate()
    stop = true
    await Promise.all(callers)
    expect(accepted.before).toBeGreaterThan(1000)
    expect(accepted.after).toBe(0)
    store.close()
  })

  test('a look-up that began before it does not bring the key back', async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    let held = true
    const { keys } = setUp(undefined, (records) => ({
      ...records,
      get: async (id) => {
        const waits = held
        const record = await records.get(id)
        if (waits) await gate
        return record
      },
    }))
    const { id, token } = await keys.create({ account: 'acme' })
    const underWay = ask(() => keys.authenticate(token))
    held = false
    await keys.revoke(id)
    release()
    await expect(underWay).rejects.toMatchObject(refused(/revoked/))
    expect(() => keys.authenticate(token)).toThrow(/revoked/)
  })

  test('an update in another process that is under way does not undo it', async () => {
    const file = `sqlite:${join(folder, 'undo.db')}`
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow = setUp(openStore(file), (records) => ({
      ...records,
      alter: (id, change) => gate.then(() => records.alter(id, change)),
    }))
    const here = setUp(openStore(file))
    const { id, token } = await here.keys.create({ account: 'acme' })
    const updating = slow.keys.update(id, { name: 'late' })
    await here.keys.revoke(id)
    release()
    await updating
    here.clock.now += 60_000
    await expect(ask(() => here.keys.authenticate(token))).rejects.toMatchObject(refused(/revoked/))
    for (const { store } of [here, slow]) store.close()
  })

  test('reaches another process over the same file within 5 seconds', async () => {
    const file = `sqlite:${join(folder, 'two.db')}`
    const [here, there] = [setUp(openStore(file)), setUp(openStore(file))]
    const { id, token } = await here.keys.create({ account: 'acme' })
    expect(await there.keys.authenticate(token)).toMatchObject({ account: 'acme' })
    await here.keys.revoke(id)
    await expect(ask(() => here.keys.authenticate(token))).rejects.toMatchObject(refused(/revoked/))
    expect(there.keys.authenticate(token)).toMatchObject({ account: 'acme' })
    there.clock.now += 4999
    await expect(ask(() => there.keys.authenticate(token))).rejects.toMatchObject(refused(/revoked/))
    for (const { store } of [here, there]) store.close()
  })
})

describe('last use', () => {
  test('P16 is written to its own records and never to the key', async () => {
    const { keys, clock, stored, lastUsed } = setUp(undefined, (records) => ({
      ...records,
      put: () => Promise.reject(new Error('a call wrote a key record')),
      alter: () => Promise.reject(new Error('a call wrote a key record')),
    }))
    const { id, token } = await keys.create({ account: 'acme' })
    const before = await stored.get(id)
    clock.now += 7
    await keys.authenticate(token)
    expect(await keys.get(id)).toMatchObject({ lastUsedAt: start + 7 })
    expect(await lastUsed.get(id)).toBeUndefined()
    await keys.close()
    expect(await lastUsed.get(id)).toEqual({ at: start + 7 })
    expect(await keys.list()).toMatchObject([{ lastUsedAt: start + 7 }])
    expect(await stored.get(id)).toEqual(before)
  })

  test('what could not be written is logged and kept', async () => {
    const { keys, store, warnings } = setUp(openStore(`sqlite:${join(folder, 'uses.db')}`))
    const { token } = await keys.create({ account: 'acme' })
    await keys.authenticate(token)
    store.close()
    await keys.flush()
    expect(warnings).toMatchObject([{ error: { code: 'store_unavailable' } }])
    await keys.close()
    expect(warnings).toHaveLength(2)
  })
})

test('P20 a token is in no answer but its own, no error, no warning, and not in the store', async () => {
  const { keys, store, warnings } = setUp(openStore(`sqlite:${join(folder, 'canary.db')}`))
  const { id, token } = await keys.create({ account: 'acme' })
  const rotated = await keys.rotate(id, { overlapMs: 1000 })
  const seen: unknown[] = [await keys.authenticate(token), await keys.get(id), await keys.list()]
  seen.push(await keys.update(id, { name: 'ci' }), await keys.revoke(id))
  for (const text of [token, rotated.token, `${token}x`]) {
    await ask(() => keys.authenticate(text)).catch((error) => seen.push(error))
  }
  await keys.create({ account: 'a', [token]: token }).catch(() => {})
  await keys.create({ account: 'a', expiresAt: token }).catch((error) => seen.push(error))
  await keys.close()
  const files = readdirSync(folder).filter((name) => name.startsWith('canary.db'))
  const bytes = files.map((name) => readFileSync(join(folder, name), 'latin1'))
  store.close()
  await keys.flush()
  const sinks = [
    ...bytes,
    inspect(seen, { depth: 9 }),
    JSON.stringify(seen),
    inspect(warnings),
    inspect(keys),
  ]
  expect(files.length).toBeGreaterThan(1)
  expect(bytes.join()).toContain(id)
  for (const text of [token, rotated.token]) {
    const secret = text.split('_')[2] as string
    for (const sink of sinks) expect(sink).not.toContain(secret)
  }
})
