import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { collect } from '../store/collect.ts'
import { createRecordStore } from '../store/record-store.ts'
import { createHealth } from '../upstream/health/health.ts'
import { allDisabled } from './provider-credentials.ts'
import type { ProviderKeyRecord } from './provider-key.ts'
import type { ProviderKeyIndex } from './provider-key-store.ts'
import { createProviderKeys, type ProviderKeysOptions } from './provider-keys.ts'

const [oldSecret, newSecret] = ['the secret of old', 'the secret of now']

/** A storage that can die, and tells whether somebody looked through all of it. */
class Storage extends Map<string, unknown> {
  isDead = false
  scans = 0
  /** What the next reader waits for, to be told what was there when it asked. */
  late: Promise<void> | undefined
  override get(key: string): unknown {
    const [value, late] = [super.get(key), this.late]
    this.late = undefined
    return late ? late.then(() => value) : value
  }
  override set(key: string, value: unknown): this {
    if (this.isDead) throw new Error('The disk is gone.')
    return super.set(key, value)
  }
  override delete(key: string): boolean {
    if (this.isDead) throw new Error('The disk is gone.')
    return super.delete(key)
  }
  override [Symbol.iterator]() {
    this.scans += 1
    return super[Symbol.iterator]()
  }
  override entries() {
    this.scans += 1
    return super.entries()
  }
}

/** What several processes share. */
function openWorld() {
  const clock = { now: 1_790_000_000_000 }
  const [keysAt, indexAt] = [new Storage(), new Storage()]
  const records = createRecordStore<ProviderKeyRecord>({ namespace: 'provider-keys', adapter: keysAt })
  const index = createRecordStore<ProviderKeyIndex>({ namespace: 'provider-keys-of', adapter: indexAt })
  const health = createHealth({ now: () => clock.now })
  const open = (options: Partial<ProviderKeysOptions> = {}) =>
    createProviderKeys({ records, index, secret: newSecret, health, now: () => clock.now, ...options })
  return { clock, keysAt, indexAt, records, index, health, open }
}

const own = (value: string, more: object = {}) => ({
  account: 'acme',
  provider: 'openai',
  name: 'main',
  value,
  ...more,
})

async function valuesOf(keys: ReturnType<typeof createProviderKeys>, account = 'acme', provider = 'openai') {
  return (await keys.secretsFor(account, provider)).map(({ secret }) => secret)
}

describe('provider keys', () => {
  test('are many for one account and provider, oldest first', async () => {
    const { clock, open } = openWorld()
    const keys = open()
    for (const value of ['sk-1', 'sk-2', 'sk-3']) {
      clock.now += 1
      await keys.create(own(value))
    }
    await keys.create(own('sk-ant-1', { provider: 'anthropic' }))
    await keys.create(own('sk-9', { account: 'other' }))
    expect(await valuesOf(keys)).toEqual(['sk-1', 'sk-2', 'sk-3'])
    expect(await valuesOf(keys, 'acme', 'anthropic')).toEqual(['sk-ant-1'])
    expect(await valuesOf(keys, 'nobody')).toEqual([])
    expect(await keys.list()).toHaveLength(5)
    expect(await keys.list('acme')).toHaveLength(4)
    expect(await keys.list({ account: 'acme', provider: 'anthropic' })).toMatchObject([{ name: 'main' }])
    expect(await keys.list({ provider: 'openai' })).toHaveLength(4)
  })

  test('are read one at a time, and changed but for their value', async () => {
    const { clock, open } = openWorld()
    const keys = open()
    const { id } = await keys.create(own('sk-1', { metadata: { team: 'red' } }))
    expect(await keys.get('pk_unknown')).toBeUndefined()
    clock.now += 5
    await keys.update(id, { name: 'spare', metadata: { team: 'blue' } })
    expect(await keys.get(id)).toMatchObject({
      id,
      name: 'spare',
      metadata: { team: 'blue' },
      status: 'active',
      updatedAt: clock.now,
    })
    expect(await keys.update(id, { metadata: null })).not.toHaveProperty('metadata')
    expect(await keys.update(id, {})).toMatchObject({ name: 'spare' })
    expect(inspect(await keys.get(id), { depth: 9 })).not.toMatch(/sk-1|sealed/)
    await expect(keys.update('pk_unknown', {})).rejects.toMatchObject({ param: 'id' })
    await expect(keys.update(id, { value: 'sk-2' } as never)).rejects.toMatchObject({ param: 'value' })
    await expect(keys.list({ acount: 'acme' } as never)).rejects.toMatchObject({ param: 'acount' })
  })

  test('that are disabled are not used, and where all are, nothing is used in their place', async () => {
    const { clock, open } = openWorld()
    const keys = open()
    const first = await keys.create(own('sk-1'))
    clock.now += 1
    const second = await keys.create(own('sk-2'))
    expect(await keys.update(first.id, { disabled: true })).toMatchObject({
      status: 'disabled',
      disabled: true,
    })
    expect(await valuesOf(keys)).toEqual(['sk-2'])
    await keys.update(second.id, { disabled: true })
    expect(await keys.secretsFor('acme', 'openai')).toBe(allDisabled)
    expect(await keys.secretsFor('acme', 'anthropic')).not.toBe(allDisabled)
    expect(await keys.update(first.id, { disabled: false })).not.toHaveProperty('disabled')
    expect(await valuesOf(keys)).toEqual(['sk-1'])
  })

  test('that their provider refused say so until they are rotated', async () => {
    const { clock, health, open } = openWorld()
    const keys = open()
    const { id } = await keys.create(own('sk-1'))
    health.begin({ provider: 'openai', keyId: id }).failed({ kind: 'auth' })
    const cooling = { status: 'cooling', reason: 'auth', coolsUntil: clock.now + 300_000 }
    expect(await keys.get(id)).toMatchObject(cooling)
    expect(await keys.list('acme')).toMatchObject([cooling])
    const rotated = await keys.rotate(id, { value: 'sk-2', name: 'renewed' })
    expect(rotated).toMatchObject({ id, name: 'renewed', status: 'active' })
    expect(await valuesOf(keys)).toEqual(['sk-2'])
  })

  test('are not deleted while something names them', async () => {
    const { open } = openWorld()
    const used = new Set<string>()
    const keys = open({
      isReferenced: async (id) => (used.has(id) ? 'the configuration "batch"' : undefined),
    })
    const { id } = await keys.create(own('sk-1'))
    used.add(id)
    await expect(keys.delete(id)).rejects.toMatchObject({
      code: 'in_use',
      status: 409,
      message: expect.stringContaining('the configuration "batch"'),
    })
    expect(await valuesOf(keys)).toEqual(['sk-1'])
    used.clear()
    expect(await keys.delete(id)).toBe(true)
    expect(await keys.delete(id)).toBe(false)
    expect(await valuesOf(keys)).toEqual([])
  })

  test('are changed here at once, and elsewhere within four seconds', async () => {
    const { clock, open } = openWorld()
    const [here, there] = [open(), open()]
    expect(await valuesOf(there)).toEqual([])
    const { id } = await here.create(own('sk-1'))
    expect(await valuesOf(here)).toEqual(['sk-1'])
    clock.now += 1999
    expect(await valuesOf(there)).toEqual([])
    clock.now += 2001
    expect(await valuesOf(there)).toEqual(['sk-1'])
    await here.rotate(id, { value: 'sk-2' })
    clock.now += 4000
    expect(await valuesOf(there)).toEqual(['sk-2'])
  })

  test('are had without waiting once they were read, those that are not there too, and kept so', async () => {
    const { clock, open } = openWorld()
    const keys = open()
    await keys.create(own('sk-1'))
    await valuesOf(keys)
    await valuesOf(keys, 'nobody')
    for (let seconds = 0; seconds < 10; seconds += 1) {
      clock.now += 1000
      expect(keys.secretsFor('acme', 'openai')).toBeInstanceOf(Array)
      expect(keys.secretsFor('nobody', 'openai')).toBeInstanceOf(Array)
      // What is renewed behind the back of calls is done by then.
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })

  test('of all accounts are never looked through to find those of one', async () => {
    const { keysAt, indexAt, open } = openWorld()
    const keys = open()
    await keys.create(own('sk-1'))
    await keys.create(own('sk-2', { account: 'other' }))
    await valuesOf(keys)
    await valuesOf(keys, 'nobody')
    await keys.list('acme')
    expect([keysAt.scans, indexAt.scans]).toEqual([0, 0])
  })

  test('that were read while they changed are read again', async () => {
    const { indexAt, open } = openWorld()
    const keys = open()
    const gate = Promise.withResolvers<void>()
    indexAt.late = gate.promise
    const early = keys.secretsFor('acme', 'openai')
    await keys.create(own('sk-1'))
    gate.resolve()
    expect(await early).toHaveLength(1)
    expect(await valuesOf(keys)).toEqual(['sk-1'])
  })

  test('of more accounts than are remembered are read again', async () => {
    const { open } = openWorld()
    const keys = open()
    await keys.create(own('sk-1'))
    await valuesOf(keys)
    for (let index = 0; index < 10_000; index += 1) await keys.secretsFor(`account-${index}`, 'openai')
    expect(keys.secretsFor('acme', 'openai')).toBeInstanceOf(Promise)
    expect(keys.secretsFor('account-9999', 'openai')).toBeInstanceOf(Array)
  })

  test('created by two processes at once are all there', async () => {
    const { open } = openWorld()
    const processes = [open(), open(), open()]
    const values = Array.from({ length: 12 }, (_, index) => `sk-${index}`)
    await Promise.all(values.map((value, index) => processes[index % 3]?.create(own(value))))
    expect((await valuesOf(open())).sort()).toEqual(values.sort())
  })
})

describe('a process that dies between two writes', () => {
  test('leaves no key that nobody finds: what was not created is not there, and its trace goes', async () => {
    const { clock, keysAt, index, open } = openWorld()
    const keys = open()
    keysAt.isDead = true
    await expect(keys.create(own('sk-1'))).rejects.toMatchObject({ code: 'store_unavailable' })
    keysAt.isDead = false
    expect((await index.get('acme'))?.keys).toHaveLength(1)
    expect(await valuesOf(open())).toEqual([])
    expect(await open().list('acme')).toEqual([])
    // Another process may be about to write it.
    await open().create(own('sk-2'))
    expect((await index.get('acme'))?.keys).toHaveLength(2)
    clock.now += 60_000
    await open().create(own('sk-3'))
    expect((await index.get('acme'))?.keys).toHaveLength(2)
    expect(await valuesOf(open())).toEqual(['sk-2', 'sk-3'])
  })

  test('has deleted a key although its trace is left', async () => {
    const { indexAt, index, open } = openWorld()
    const keys = open()
    const { id } = await keys.create(own('sk-1'))
    indexAt.isDead = true
    await expect(keys.delete(id)).rejects.toMatchObject({ code: 'store_unavailable' })
    indexAt.isDead = false
    expect((await index.get('acme'))?.keys).toHaveLength(1)
    expect(await valuesOf(keys)).toEqual([])
    expect(await open().list('acme')).toEqual([])
    expect(await keys.delete(id)).toBe(false)
  })
})

describe('another secret', () => {
  const three = async (world: ReturnType<typeof openWorld>) => {
    const keys = world.open({ secret: oldSecret })
    const ids: string[] = []
    for (const value of ['sk-1', 'sk-2', 'sk-3']) {
      world.clock.now += 1
      ids.push((await keys.create(own(value))).id)
    }
    return ids
  }

  test('opens what is encrypted under the one before while that is listed, and only then', async () => {
    const world = openWorld()
    await three(world)
    const keys = world.open({ previousSecrets: ['some other secret', oldSecret] })
    expect(await valuesOf(keys)).toEqual(['sk-1', 'sk-2', 'sk-3'])
    const without = world.open()
    await expect(without.secretsFor('acme', 'openai')).rejects.toThrow(/cannot be decrypted/)
  })

  test('takes over in a pass, after which the one before is needed no more', async () => {
    const world = openWorld()
    await three(world)
    expect(await world.open().reencrypt()).toEqual({ resealed: 0, remaining: 3 })
    expect(await world.open().reencrypt({ from: oldSecret })).toEqual({ resealed: 3, remaining: 0 })
    expect(await world.open().reencrypt()).toEqual({ resealed: 0, remaining: 0 })
    expect(await valuesOf(world.open())).toEqual(['sk-1', 'sk-2', 'sk-3'])
  })

  test('takes over in several passes, and after one that died on the way', async () => {
    const world = openWorld()
    await three(world)
    const keys = world.open({ previousSecrets: [oldSecret] })
    expect(await keys.reencrypt({ limit: 1 })).toEqual({ resealed: 1, remaining: 2 })
    world.keysAt.isDead = true
    await expect(keys.reencrypt()).rejects.toMatchObject({ code: 'store_unavailable' })
    world.keysAt.isDead = false
    expect(await valuesOf(keys)).toEqual(['sk-1', 'sk-2', 'sk-3'])
    expect(await keys.reencrypt()).toEqual({ resealed: 2, remaining: 0 })
    expect(await valuesOf(world.open())).toEqual(['sk-1', 'sk-2', 'sk-3'])
  })

  test('does not undo what is rotated, deleted or created during a pass', async () => {
    const world = openWorld()
    const ids = await three(world)
    const [pass, old, young] = [
      world.open({ previousSecrets: [oldSecret] }),
      world.open({ secret: oldSecret }),
      world.open({ previousSecrets: [oldSecret] }),
    ]
    for (let round = 0; round < 8; round += 1) {
      const [first = '', second = ''] = ids
      world.clock.now += 4000
      await Promise.all([
        pass.reencrypt(),
        young.rotate(first, { value: `sk-young-${round}` }),
        old.rotate(second, { value: `sk-old-${round}` }),
      ])
      expect((await valuesOf(pass)).slice(0, 2)).toEqual([`sk-young-${round}`, `sk-old-${round}`])
    }
    const [deleted = ''] = ids
    await Promise.all([pass.reencrypt(), young.delete(deleted)])
    expect(await world.records.get(deleted)).toBeUndefined()
    while ((await pass.reencrypt()).remaining > 0);
    expect(await valuesOf(world.open())).toEqual(['sk-old-7', 'sk-3'])
  })

  test('puts into the index of an account what that lacks', async () => {
    const world = openWorld()
    await three(world)
    world.indexAt.clear()
    expect(await valuesOf(world.open({ previousSecrets: [oldSecret] }))).toEqual([])
    await world.open({ previousSecrets: [oldSecret] }).reencrypt()
    expect(await valuesOf(world.open())).toEqual(['sk-1', 'sk-2', 'sk-3'])
  })

  test('P20 is told by no error, and no value is', async () => {
    const world = openWorld()
    await three(world)
    const keys = world.open({ secret: 'a secret that fits nothing', previousSecrets: ['nor does this one'] })
    const refused: unknown = await Promise.resolve(keys.secretsFor('acme', 'openai')).catch((error) => error)
    expect(refused).toBeInstanceOf(Error)
    expect(inspect(refused, { depth: 9, showHidden: true })).not.toMatch(/fits nothing|nor does|of old|sk-/)
  })

  test('P20 and values at rest are in nothing that is stored', async () => {
    const world = openWorld()
    await three(world)
    await world.open().reencrypt({ from: oldSecret })
    const stored = inspect([await collect(world.records.list()), [...world.indexAt]], { depth: 9 })
    for (const secret of [oldSecret, newSecret, 'sk-1', 'sk-2']) expect(stored).not.toContain(secret)
  })
})
