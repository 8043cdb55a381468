import { describe, expect, test } from 'vitest'
import { createRecordStore } from '../../store/record-store.ts'
import { resealItems } from '../reseal-items.ts'
import { createSecretRing } from '../secret-ring.ts'
import { createProviderRecords, type ProviderRecords } from './provider-records.ts'
import { createProviderSecrets, sealedProviderSecrets } from './provider-secrets.ts'
import type { StoredProviderRecord } from './stored-provider.ts'

const [oldSecret, newSecret] = ['the secret of old', 'the secret of now']
const plain = { apiKey: 'sk-one', headers: { 'x-extra-key': 'value-of-a-header' } }
const put = (records: ProviderRecords, id: string, record: StoredProviderRecord) =>
  records.alter(id, () => record)
const times = { version: 1, createdAt: 1, updatedAt: 1, baseUrl: 'https://a.example/v1' }

async function storeOne(id = 'local') {
  const records = createProviderRecords(createRecordStore({ namespace: 'providers', adapter: new Map() }))
  const sealed = await createProviderSecrets(oldSecret).seal(id, plain)
  await put(records, id, { id, sealed, ...times })
  return { records, sealed }
}

describe('the secrets of a stored provider', () => {
  test('open for that provider alone, each as what it is', async () => {
    const secrets = createProviderSecrets(newSecret)
    const sealed = await secrets.seal('local', plain)
    expect(JSON.stringify(sealed)).not.toMatch(/sk-one|value-of|extra/)
    expect(await secrets.open({ id: 'local', sealed })).toEqual(plain)
    expect([...secrets.recent()]).toEqual(['sk-one', 'value-of-a-header'])
    await expect(secrets.open({ id: 'other', sealed })).rejects.toThrow()
    const { apiKey, headers } = sealed
    await expect(
      secrets.open({ id: 'local', sealed: { apiKey: headers as never, headers: apiKey as never } }),
    ).rejects.toThrow()
  })

  test('are none where there are none, with or without a secret', async () => {
    const secrets = createProviderSecrets(undefined)
    expect(await secrets.seal('local', {})).toEqual({})
    expect(await secrets.open({ id: 'local' })).toEqual({})
    await expect(secrets.seal('local', plain)).rejects.toMatchObject({ param: 'secret' })
  })

  test('are sealed anew one by one', async () => {
    const { records } = await storeOne()
    const ring = createSecretRing(newSecret, [oldSecret])
    const pass = (limit: number) => resealItems(sealedProviderSecrets(records), { ring, limit })
    expect(await pass(1)).toEqual({ resealed: 1, remaining: 1 })
    expect(await pass(9)).toEqual({ resealed: 1, remaining: 0 })
    const record = (await records.get('local')) as StoredProviderRecord
    expect(record).toMatchObject(times)
    expect(await createProviderSecrets(newSecret).open(record)).toEqual(plain)
  })

  test('are left alone by a pass where they are replaced or taken away meanwhile', async () => {
    const { records, sealed } = await storeOne()
    const newer = await createProviderSecrets(newSecret).seal('local', { apiKey: 'sk-two' })
    const items = sealedProviderSecrets(records)
    const first = (await items.next()).value
    await put(records, 'local', { id: 'local', sealed: newer, ...times })
    expect(await first?.replace(sealed.apiKey as never)).toEqual(newer.apiKey)
    const second = (await items.next()).value
    expect(await second?.replace(sealed.headers as never)).toBeUndefined()
    expect((await records.get('local'))?.sealed).toEqual(newer)
  })
})
