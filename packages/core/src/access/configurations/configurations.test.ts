import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { policyNames } from '../../../../../test/policies/names.ts'
import { openStore, type Store } from '../../store/open-store.ts'
import type { RecordStore } from '../../store/record-store.ts'
import { createAccess } from '../access.ts'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-configurations-'))
afterAll(() => rmSync(folder, { recursive: true }))

const start = Date.UTC(2026, 10, 24)
const providerKeys: Readonly<Record<string, { account: string; provider: string }>> = {
  pk_1: { account: 'acme', provider: 'openai' },
  pk_2: { account: 'acme', provider: 'anthropic' },
  pk_3: { account: 'other', provider: 'openai' },
}

type Wrap = (records: RecordStore<object>, namespace: string) => RecordStore<object>

function setUp(store: Store = openStore('memory:'), wrap: Wrap = (records) => records) {
  const clock = { now: start }
  const access = createAccess({
    records: (namespace) => wrap(store.records(namespace), namespace) as never,
    names: policyNames(),
    findProviderKey: async (id) => providerKeys[id],
    logger: { info() {}, warn() {}, error() {} },
    now: () => clock.now,
  })
  return { ...access, clock, store }
}

async function ask<Answer>(question: () => Answer | Promise<Answer>): Promise<Answer> {
  return question()
}

describe('a configuration', () => {
  test('is kept with its names resolved, listed, and counts the keys that link to it', async () => {
    const { configurations, keys, clock } = setUp()
    const made = await configurations.create({
      name: 'strict',
      account: 'acme',
      description: 'for production',
      scope: { models: { allow: ['openai/GPT-4o', 'gpt-4*'] }, providers: { deny: ['deepseek'] } },
      limits: { rpm: 5, spend: [{ limit: '5', window: 'day' }], maxInputTokens: 100 },
      routing: {
        rules: [{ model: 'GPT-4o', steps: [{ type: 'own', keys: [{ id: 'pk_1' }] }, { type: 'managed' }] }],
      },
      strategy: 'price',
      timeouts: { firstEvent: 1000, total: 0 },
      ipRanges: ['10.0.0.0/8'],
      expiresAt: start + 1000,
      tags: ['production'],
      metadata: { team: 'red' },
    })
    expect(made).toMatchObject({
      id: expect.stringMatching(/^cfg_\w{12}$/),
      account: 'acme',
      scope: { models: { allow: ['openai:gpt-4o', 'gpt-4*'] }, providers: { deny: ['deepseek'] } },
      routing: { rules: [{ provider: 'openai', model: 'gpt-4o' }] },
      version: 1,
      createdAt: start,
      updatedAt: start,
    })
    clock.now += 1
    const other = await configurations.create({ name: 'open' })
    await keys.create({ account: 'acme', configuration: made.id })
    const { id } = await keys.create({ account: 'acme', configuration: made.id })
    expect(await configurations.get(made.id)).toEqual({ ...made, keyCount: 2 })
    await keys.revoke(id)
    expect(await configurations.get(made.id)).toMatchObject({ keyCount: 1 })
    expect(await configurations.list()).toEqual([made, other])
    expect(await configurations.list({ account: 'acme' })).toEqual([made])
    expect(await keys.list({ configuration: made.id })).toHaveLength(2)
    expect(await keys.list({ configuration: made.id, account: 'other' })).toEqual([])
    expect(await configurations.get('cfg_none')).toBeUndefined()
  })

  test('keeps what a change leaves out and clears what is null', async () => {
    const { configurations, clock } = setUp()
    const { id } = await configurations.create({
      name: 'a',
      limits: { rpm: 1 },
      tags: ['x'],
      description: 'd',
    })
    clock.now += 5
    const updated = await configurations.update(id, {
      limits: null,
      scope: { models: { allow: ['GPT-4o'] } },
    })
    expect(updated).toEqual({
      id,
      name: 'a',
      description: 'd',
      tags: ['x'],
      scope: { models: { allow: ['gpt-4o'] } },
      version: 2,
      createdAt: start,
      updatedAt: start + 5,
    })
    expect(await configurations.update(id, { scope: null, tags: undefined })).not.toHaveProperty('scope')
    expect(await configurations.get(id)).toMatchObject({ tags: ['x'], version: 3 })
  })

  test.each([
    ['name', {}],
    ['name', { name: '' }],
    ['scop', { name: 'a', scop: {} }],
    ['scope.models.allow.0', { name: 'a', scope: { models: { allow: ['gpt-4oo'] } } }],
    ['limits.rpm', { name: 'a', limits: { rpm: -1 } }],
    [
      'limits.spend.1.limit',
      { name: 'a', limits: { spend: [{ limit: '1' }, { limit: 'x', window: 'day' }] } },
    ],
    ['strategy', { name: 'a', strategy: 'cheapest' }],
    ['timeouts.idle', { name: 'a', timeouts: { idle: -1 } }],
    ['ipRanges.0', { name: 'a', ipRanges: ['10.0.0.0/40'] }],
    ['expiresAt', { name: 'a', expiresAt: start }],
    ['routing.rules', { name: 'a', routing: { rules: [] } }],
    ['routing.rules.0.steps', { name: 'a', routing: { rules: [{ provider: 'openai', steps: [] }] } }],
    ['routing.rules.0', { name: 'a', routing: { rules: [{ steps: [{ type: 'managed' }] }] } }],
    [
      'routing.rules.0.steps.0.type',
      { name: 'a', routing: { rules: [{ provider: 'openai', steps: [{ type: 'x' }] }] } },
    ],
    [
      'routing.rules.0.provider',
      { name: 'a', routing: { rules: [{ provider: 'opnai', steps: [{ type: 'managed' }] }] } },
    ],
    [
      'routing.rules.0.model',
      { name: 'a', routing: { rules: [{ model: 'gpt-*', steps: [{ type: 'managed' }] }] } },
    ],
  ])('refuses a wrong %s by name', async (param, input) => {
    const { configurations } = setUp()
    await expect(configurations.create(input as { name: string })).rejects.toMatchObject({
      code: 'invalid_request',
      param,
      message: expect.stringContaining(`"${param}"`),
    })
  })

  test('belongs to its account for ever', async () => {
    const { configurations } = setUp()
    const { id } = await configurations.create({ name: 'a', account: 'acme' })
    const patch = { account: 'other' } as object
    await expect(configurations.update(id, patch)).rejects.toMatchObject({ param: 'account' })
    await expect(configurations.update('cfg_none', {})).rejects.toMatchObject({ param: 'id' })
  })
})

describe('routing', () => {
  const managed = [{ type: 'managed' }] as const
  const own = (...ids: string[]) => [{ type: 'own', keys: ids.map((id) => ({ id })) }] as const

  test.each([
    [
      'two rules of a provider',
      [
        { provider: 'openai', steps: managed },
        { provider: 'openai', steps: managed },
      ],
      '1',
    ],
    [
      'two rules of a model',
      [
        { model: 'gpt-4o', steps: managed },
        { model: 'openai:GPT-4o', steps: managed },
      ],
      '1',
    ],
    ['a key of another provider', [{ provider: 'openai', steps: own('pk_2') }], '0.steps.0.keys.0.id'],
    ['a key of another account', [{ provider: 'openai', steps: own('pk_1', 'pk_3') }], '0.steps.0.keys.1.id'],
    ['a key that is not there', [{ model: 'gpt-4o', steps: own('pk_9') }], '0.steps.0.keys.0.id'],
    ['a key twice', [{ provider: 'openai', steps: own('pk_1', 'pk_1') }], '0.steps.0.keys.1.id'],
  ])('refuses %s', async (_, rules, path) => {
    const { configurations } = setUp()
    const input = { name: 'a', account: 'acme', routing: { rules } }
    await expect(configurations.create(input)).rejects.toMatchObject({ param: `routing.rules.${path}` })
    const { id } = await configurations.create({ name: 'a', account: 'acme' })
    const { routing } = input
    await expect(configurations.update(id, { routing })).rejects.toMatchObject({
      param: `routing.rules.${path}`,
    })
  })

  test('names keys only where it is known whose they are', async () => {
    const { configurations } = setUp()
    const routing = { rules: [{ provider: 'openai', steps: own('pk_1') }] }
    await expect(configurations.create({ name: 'a', routing })).rejects.toThrow(/set "account"/)
    await configurations.create({ name: 'a', account: 'acme', routing })
    await configurations.create({ name: 'b', account: 'acme', routing })
    expect(await configurations.countProviderKey('pk_1')).toBe(2)
    expect(await configurations.countProviderKey('pk_2')).toBe(0)
  })

  test('of a model comes before that of its provider, and is for that provider alone', async () => {
    const { configurations, keys } = setUp()
    const rules = [
      { provider: 'openai', steps: managed },
      { model: 'gpt-4o', steps: own('pk_1') },
      { provider: 'openai-eu', model: 'openai-eu:claude-sonnet-4-6', steps: managed },
    ]
    const { id } = await configurations.create({ name: 'a', account: 'acme', routing: { rules } })
    const { token } = await keys.create({ account: 'acme', configuration: id })
    const { policy } = await keys.authenticate(token)
    expect(policy?.stepsFor('openai', 'GPT-4o')).toEqual(own('pk_1'))
    expect(policy?.stepsFor('openai', 'gpt-4o-mini')).toEqual(managed)
    const other = await keys.create({ account: 'acme', configuration: id })
    const { policy: shared } = await keys.authenticate(other.token)
    expect(shared?.stepsFor('openai', 'gpt-4o'), 'made ready once').toBe(policy?.stepsFor('openai', 'gpt-4o'))
    expect(policy?.stepsFor('openai-eu', 'gpt-4o')).toBeUndefined()
    expect(policy?.stepsFor('openai-eu', 'claude-eu')).toEqual(managed)
    expect(policy?.stepsFor('anthropic', 'claude-sonnet-4-6')).toBeUndefined()
  })
})

describe('an edit', () => {
  test('takes effect on the next call of every key that links to it', async () => {
    const { configurations, keys } = setUp()
    const { id } = await configurations.create({ name: 'a', limits: { rpm: 1 } })
    const tokens = await Promise.all([1, 2, 3].map(() => keys.create({ account: 'acme', configuration: id })))
    for (const { token } of tokens) {
      expect(await keys.authenticate(token)).toMatchObject({ limits: [{ rpm: 1 }] })
    }
    await configurations.update(id, { limits: { rpm: 2 }, scope: { models: { allow: [] } } })
    for (const { token } of tokens) {
      const { limits, policy } = await keys.authenticate(token)
      expect(limits).toMatchObject([{ rpm: 2 }])
      expect(policy?.refusal('openai', 'gpt-4o')).toEqual({ owner: 'the configuration "a"', list: 'models' })
    }
  })

  test('based on what somebody else has changed is a conflict; one that is based on nothing is made', async () => {
    const { configurations } = setUp()
    const { id } = await configurations.create({ name: 'a' })
    await configurations.update(id, { limits: { rpm: 1 } }, { version: 1 })
    await expect(configurations.update(id, { tags: ['x'] }, { version: 1 })).rejects.toMatchObject({
      code: 'version_conflict',
      status: 409,
    })
    expect(await configurations.update(id, { description: 'd' })).toMatchObject({ version: 3 })
    await expect(configurations.update(id, {}, { version: 1.5 })).rejects.toMatchObject({ param: 'version' })
  })

  test('of many that are based on the same, one is made, between processes too', async () => {
    const file = `sqlite:${join(folder, 'edits.db')}`
    const processes = [1, 2, 3].map(() => setUp(openStore(file)))
    const [first] = processes as [ReturnType<typeof setUp>]
    const { id } = await first.configurations.create({ name: 'a' })
    const edits = processes.flatMap(({ configurations }, process) =>
      [1, 2].map((edit) => configurations.update(id, { description: `${process}.${edit}` }, { version: 1 })),
    )
    const settled = await Promise.allSettled(edits)
    const made = settled.flatMap((edit) => (edit.status === 'fulfilled' ? [edit.value] : []))
    expect(made).toHaveLength(1)
    expect(await first.configurations.get(id)).toMatchObject({ ...made[0], version: 2 })
    const refused = settled.flatMap((edit) => (edit.status === 'rejected' ? [edit.reason.code] : []))
    expect(new Set(refused)).toEqual(new Set(['version_conflict']))
    for (const { store } of processes) store.close()
  })
})

describe('deletion', () => {
  test('is refused while keys link to it, with their number', async () => {
    const { configurations, keys } = setUp()
    const { id } = await configurations.create({ name: 'a' })
    const linked = await Promise.all([1, 2].map(() => keys.create({ account: 'acme', configuration: id })))
    await expect(configurations.delete(id)).rejects.toMatchObject({
      code: 'in_use',
      status: 409,
      message: expect.stringContaining('2 access keys'),
    })
    await keys.revoke(linked[0]?.id ?? '')
    await expect(configurations.delete(id)).rejects.toThrow(/1 access key links/)
    await keys.update(linked[1]?.id ?? '', { configuration: null })
    expect(await configurations.delete(id)).toBe(true)
    expect(await configurations.delete(id)).toBe(false)
  })

  test.each(['create', 'update'] as const)(
    'and the %s of a link at the same time do not both happen',
    async (how) => {
      const gates: (() => void)[] = []
      const looked = Promise.withResolvers<void>()
      const { configurations, keys } = setUp(undefined, (records, namespace) => {
        if (namespace !== 'access-keys') return records
        const write = (next: () => Promise<unknown>) => {
          if (gates.length > 0 || !isHeld) return next()
          looked.resolve()
          return new Promise<void>((resolve) => gates.push(resolve)).then(next)
        }
        return {
          ...records,
          create: (id, value) => write(() => records.create(id, value)) as Promise<void>,
          alter: (id, change) => write(() => records.alter(id, change)) as never,
        }
      })
      let isHeld = false
      const { id } = await configurations.create({ name: 'a' })
      const before = await keys.create({ account: 'acme' })
      isHeld = true
      const linking =
        how === 'create'
          ? keys.create({ account: 'acme', configuration: id })
          : keys.update(before.id, { configuration: id, name: 'linked' })
      await looked.promise
      expect(await configurations.delete(id)).toBe(true)
      gates[0]?.()
      await expect(linking).rejects.toMatchObject({ code: 'invalid_request', param: 'configuration' })
      const left = await keys.list()
      expect(left).toHaveLength(1)
      expect(left[0]).not.toHaveProperty('configuration')
    },
  )

  test('that meets a link which it could not see brings the configuration back', async () => {
    let late = async () => {}
    const { configurations, keys } = setUp(undefined, (records, namespace) => {
      if (namespace !== 'access-key-configurations') return records
      return {
        ...records,
        delete: async (id) => {
          await late()
          return records.delete(id)
        },
      }
    })
    const made = await configurations.create({ name: 'a' })
    late = async () => {
      await keys.create({ account: 'acme', configuration: made.id })
    }
    await expect(configurations.delete(made.id)).rejects.toMatchObject({ code: 'in_use' })
    expect(await configurations.get(made.id)).toEqual({ ...made, keyCount: 1 })
  })
})

describe('a key', () => {
  test('links to a configuration of its account or of none', async () => {
    const { configurations, keys } = setUp()
    const theirs = await configurations.create({ name: 'a', account: 'other' })
    const everybodys = await configurations.create({ name: 'b' })
    for (const configuration of [theirs.id, 'cfg_none']) {
      await expect(keys.create({ account: 'acme', configuration })).rejects.toMatchObject({
        param: 'configuration',
      })
    }
    const { id } = await keys.create({ account: 'acme', configuration: everybodys.id })
    await expect(keys.update(id, { configuration: theirs.id })).rejects.toMatchObject({
      param: 'configuration',
    })
    expect(await keys.get(id)).toMatchObject({ configuration: everybodys.id })
  })

  test('whose configuration is missing, expired or another account’s is refused with 403', async () => {
    const { configurations, keys, store, clock } = setUp()
    const { id } = await configurations.create({ name: 'a', expiresAt: start + 100 })
    const { token } = await keys.create({ account: 'acme', configuration: id })
    const unusable = (words: RegExp) =>
      expect.objectContaining({
        code: 'configuration_not_usable',
        status: 403,
        message: expect.stringMatching(words),
      })
    await keys.authenticate(token)
    clock.now += 100
    expect(() => keys.authenticate(token)).toThrow(unusable(/expired/))
    await configurations.update(id, { expiresAt: start + 10_000 })
    expect(await keys.authenticate(token)).toMatchObject({ configuration: id })
    const stored = store.records<object>('access-key-configurations')
    await stored.put(id, { ...(await stored.get(id)), account: 'other' })
    keys.forget()
    await expect(ask(() => keys.authenticate(token))).rejects.toEqual(unusable(/not there/))
    await stored.delete(id)
    keys.forget()
    await expect(ask(() => keys.authenticate(token))).rejects.toEqual(unusable(/not there/))
  })

  test('whose configuration nobody can read is refused with 503, and that is not remembered', async () => {
    for (const failing of ['access-key-configurations', 'accounts']) {
      let isDown = false
      const down = Object.assign(new Error('down'), { status: 503 })
      const { configurations, keys } = setUp(undefined, (records, namespace) => ({
        ...records,
        get: (id) => (isDown && namespace === failing ? Promise.reject(down) : records.get(id)),
      }))
      const { id } = await configurations.create({ name: 'a' })
      const { token } = await keys.create({ account: 'acme', configuration: id })
      isDown = true
      await expect(ask(() => keys.authenticate(token))).rejects.toBe(down)
      isDown = false
      expect(await keys.authenticate(token)).toMatchObject({ account: 'acme' })
    }
  })

  test('is read together with what governs it once, and then not at all', async () => {
    const reads: string[] = []
    const { configurations, keys, accounts, clock } = setUp(undefined, (records, namespace) => ({
      ...records,
      get: (id) => {
        reads.push(namespace)
        return records.get(id)
      },
      list: () => {
        throw new Error(`${namespace} was searched`)
      },
    }))
    const { id } = await configurations.create({ name: 'a', scope: { models: { allow: ['gpt-4*'] } } })
    await accounts.update('acme', { limits: { rpm: 9 } })
    const { token } = await keys.create({ account: 'acme', configuration: id })
    reads.length = 0
    await Promise.all(Array.from({ length: 20 }, () => ask(() => keys.authenticate(token))))
    const once = ['access-keys', 'access-key-revocations', 'access-key-configurations', 'accounts']
    expect(reads).toEqual(once)
    const first = keys.authenticate(token)
    expect(first).not.toBeInstanceOf(Promise)
    clock.now += 3999
    expect(keys.authenticate(token)).toBe(first)
    expect(reads).toEqual(once)
    clock.now += 1
    await keys.authenticate(token)
    expect(reads).toEqual([...once, ...once])
  })

  test('P16 looked up before an edit is not answered with what was before it', async () => {
    const gate = Promise.withResolvers<void>()
    let isHeld = false
    const { configurations, keys } = setUp(undefined, (records, namespace) => ({
      ...records,
      get: async (id) => {
        const record = await records.get(id)
        if (isHeld && namespace === 'access-key-configurations') await gate.promise
        return record
      },
    }))
    const { id } = await configurations.create({ name: 'a', limits: { rpm: 1 } })
    const { token } = await keys.create({ account: 'acme', configuration: id })
    isHeld = true
    const underWay = ask(() => keys.authenticate(token))
    await new Promise(setImmediate)
    isHeld = false
    await configurations.update(id, { limits: { rpm: 2 } })
    gate.resolve()
    expect(await underWay).toMatchObject({ limits: [{ rpm: 2 }] })
    expect(keys.authenticate(token)).toMatchObject({ limits: [{ rpm: 2 }] })
  })

  test('is restricted by its own policy, its configuration’s and its account’s together', async () => {
    const { configurations, keys, accounts } = setUp()
    await accounts.update('acme', {
      scope: { models: { deny: ['gpt-4o-mini'] } },
      limits: { concurrency: 9, maxInputTokens: 50, maxOutputTokens: 70 },
      tags: ['acme', 'production'],
    })
    const { id } = await configurations.create({
      name: 'a',
      scope: { models: { allow: ['openai:*'] } },
      limits: { rpm: 5, maxInputTokens: 60, maxOutputTokens: 60 },
      ipRanges: ['10.0.0.0/8'],
      timeouts: { idle: 5 },
      strategy: 'latency',
      tags: ['production'],
    })
    const made = await keys.create({
      account: 'acme',
      configuration: id,
      scope: { models: { deny: ['gpt-4'] } },
      limits: { rpm: 7, tpm: 8, maxOutputTokens: 80 },
      ipRanges: ['10.1.0.0/16'],
      tags: ['ci'],
    })
    const { limits, policy, admitsAddress } = await keys.authenticate(made.token)
    expect(limits).toEqual([
      { id: made.id, owner: 'the access key', rpm: 5, tpm: 8, owners: { rpm: 'the configuration "a"' } },
      { id: 'account', owner: 'the account', concurrency: 9 },
    ])
    expect(policy).toMatchObject({
      maxInputTokens: 50,
      maxOutputTokens: 60,
      owners: { maxInputTokens: 'the account', maxOutputTokens: 'the configuration "a"' },
      timeouts: { idle: 5 },
      strategy: 'latency',
      configuration: id,
      tags: ['ci', 'production', 'acme'],
    })
    expect(policy?.allows('openai', 'gpt-4o')).toBe(true)
    expect(policy?.refusal('openai', 'gpt-4')).toEqual({ owner: 'the access key', list: 'models' })
    expect(policy?.refusal('openai-eu', 'gpt-4o')).toEqual({ owner: 'the configuration "a"', list: 'models' })
    expect(policy?.refusal('openai', 'GPT-4o-mini')).toEqual({ owner: 'the account', list: 'models' })
    expect(['10.1.2.3', '10.2.2.3', undefined].map((address) => admitsAddress?.(address))).toEqual([
      true,
      false,
      false,
    ])
  })
})
