import { expect, test } from 'vitest'
import { createRecordStore } from '../../store/record-store.ts'
import type { VirtualModelRecord } from './virtual-model.ts'
import { createVirtualModels } from './virtual-models.ts'

const rules = { faultOf: () => undefined, faultOfTargets: () => undefined, warningsOf: () => [] }

function two() {
  const adapter = new Map()
  let at = 1000
  const start = () => {
    const records = createRecordStore<VirtualModelRecord>({ namespace: 'virtual-models', adapter })
    let reads = 0
    const get = (id: string) => {
      reads += 1
      return records.get(id)
    }
    const counted = { ...records, get }
    const options = [{ name: 'Fixed', targets: [{ model: 'a' }] }]
    const virtualModels = createVirtualModels({ records: counted, rules, options, now: () => at })
    return { ...virtualModels, reads: () => reads }
  }
  const wait = (ms: number) => {
    at += ms
  }
  return { here: start(), elsewhere: start(), wait }
}

test('a change holds for the next call here, and elsewhere within four seconds', async () => {
  const { here, elsewhere, wait } = two()
  expect(await here.find('acme', 'FAST')).toBeUndefined()
  expect(await elsewhere.find('acme', 'fast')).toBeUndefined()
  const { id } = await here.create({ name: 'fast', targets: ['a'] })
  expect(await here.find('acme', 'Fast')).toMatchObject({ targets: [{ model: 'a' }] })
  expect(elsewhere.find('acme', 'fast')).toBeUndefined()
  wait(4000)
  expect(await elsewhere.find('acme', 'fast')).toMatchObject({ version: 1 })
  expect(await here.find('acme', 'fast')).toMatchObject({ version: 1 })
  await here.update(id, { targets: ['b'] })
  expect(await here.find('acme', 'fast')).toMatchObject({ targets: [{ model: 'b' }] })
  expect(elsewhere.find('acme', 'fast')).toMatchObject({ version: 1 })
  wait(4000)
  expect(await elsewhere.find('acme', 'fast')).toMatchObject({ version: 2 })
  expect(await here.find('acme', 'fast')).toMatchObject({ version: 2 })
  await here.delete(id)
  expect(await here.find('acme', 'fast')).toBeUndefined()
})

test('is answered at once when it was looked for lately, also in vain, and by few looks', async () => {
  const { here } = two()
  await here.create({ name: 'fast', targets: ['a'] })
  const before = here.reads()
  await Promise.all([here.find('acme', 'fast'), here.find('acme', 'fast'), here.find('acme', 'none')])
  expect(here.reads() - before).toBe(4)
  expect(here.find('acme', 'fast')).toMatchObject({ name: 'fast' })
  expect(here.find('acme', 'none')).toBeUndefined()
  expect(here.find('acme', 'fixed')).toMatchObject({ name: 'Fixed' })
  for (const name of ['a/b', 'a:b', '', 'x'.repeat(65)]) expect(here.find('acme', name)).toBeUndefined()
  expect(here.reads() - before).toBe(4)
})

test('an account’s own comes before everybody’s, and is nobody else’s', async () => {
  const { here } = two()
  await here.create({ name: 'fast', targets: ['everybody'] })
  await here.create({ name: 'fast', account: 'acme', targets: ['own'] })
  expect(await here.find('acme', 'fast')).toMatchObject({ targets: [{ model: 'own' }] })
  expect(await here.find('other', 'fast')).toMatchObject({ targets: [{ model: 'everybody' }] })
})
