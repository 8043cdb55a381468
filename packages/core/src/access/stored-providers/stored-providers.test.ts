import { describe, expect, test } from 'vitest'
import { storedProviderSchema } from '../../options/schema.ts'
import { configureStored } from '../../options/stored-provider.ts'
import { createRecordStore } from '../../store/record-store.ts'
import { createProviderRecords } from './provider-records.ts'
import { createProviderSecrets } from './provider-secrets.ts'
import type { Provider, StoredProviderRecord } from './stored-provider.ts'
import { createStoredProviders } from './stored-providers.ts'

function over(referencesOf: () => Promise<readonly string[]>) {
  const records = createProviderRecords(createRecordStore({ namespace: 'providers', adapter: new Map() }))
  const changes: string[] = []
  const providers = createStoredProviders({
    records,
    rules: { shape: storedProviderSchema, configure: configureStored, reserved: () => undefined },
    secrets: createProviderSecrets('the secret of now'),
    table: {
      list: async () => [],
      describe: (record) => record as unknown as Provider,
      changed: async (id, record) => void changes.push(`${id} ${record?.version ?? 'gone'}`),
    },
    referencesOf,
    now: () => 1,
  })
  return { records, providers, changes }
}

describe('a stored provider', () => {
  test('that comes to be named while it is deleted is brought back', async () => {
    const looks: string[][] = [[], ['1 virtual model (fast)']]
    const { records, providers, changes } = over(async () => looks.shift() ?? [])
    await providers.create({ id: 'local', baseUrl: 'https://a.example/v1', apiKey: 'sk-one' })
    const before = await records.get('local')
    await expect(providers.delete('local')).rejects.toMatchObject({ code: 'in_use' })
    expect(await records.get('local')).toEqual(before)
    expect(changes).toEqual(['local 1'])
    expect(await providers.delete('local')).toBe(true)
    expect(changes).toEqual(['local 1', 'local gone'])
  })

  test('that was changed by another process meanwhile keeps what that wrote of its secrets', async () => {
    const { records, providers } = over(async () => [])
    await providers.create({ id: 'local', baseUrl: 'https://a.example/v1', headers: { 'X-A': 'a' } })
    await Promise.all([
      providers.update('local', { apiKey: 'sk-two' }),
      providers.update('local', { headers: { 'X-B': 'b' } }),
      providers.update('local', { name: 'Ours' }),
    ])
    const record = (await records.get('local')) as StoredProviderRecord
    expect(record).toMatchObject({ version: 4, name: 'Ours', headerNames: ['x-b'] })
    expect(await createProviderSecrets('the secret of now').open(record)).toEqual({
      apiKey: 'sk-two',
      headers: { 'x-b': 'b' },
    })
  })

  test('leaves out of its record what was not given', async () => {
    const { records, providers } = over(async () => [])
    await providers.create({ id: 'local', baseUrl: 'https://a.example/v1' })
    const times = { version: 1, createdAt: 1, updatedAt: 1 }
    expect(await records.get('local')).toEqual({
      id: 'local',
      baseUrl: 'https://a.example/v1',
      sealed: {},
      headerNames: [],
      ...times,
    })
  })
})
