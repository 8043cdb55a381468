import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { grant, hold } from '../../../../../test/credits/calls.ts'
import { createPostgresBench, type PostgresBench } from '../../../../../test/postgres/credit-bench.ts'
import { describeWithService, postgresUrl } from '../../../../../test/services.ts'
import { createCallId } from '../call-id.ts'

await describeWithService('a batch of steps in Postgres', postgresUrl(), () => {
  let bench: PostgresBench
  beforeAll(async () => {
    bench = await createPostgresBench()
  })
  afterAll(() => bench.remove())

  test('fails a step that cannot be done, and none of its neighbours', async () => {
    const driver = await bench.start()
    const [broken, sound] = [crypto.randomUUID(), crypto.randomUUID()]
    await Promise.all([grant(driver, broken), grant(driver, sound)])
    const poisoned = createCallId()
    const ids = Array.from({ length: 10 }, () => createCallId())
    await Promise.all([
      hold(driver, broken, { id: poisoned }),
      ...ids.map((id) => hold(driver, sound, { id })),
    ])
    await bench.database.run(`UPDATE tollgate_accounts SET held = 0 WHERE id = '${broken}'`)
    const settle = (account: string, id: string) =>
      driver.settle({ id, account, modelCost: 40n, fee: 0n, meta: {} })
    const outcomes = await Promise.allSettled([
      ...ids.slice(0, 5).map((id) => settle(sound, id)),
      settle(broken, poisoned),
      ...ids.slice(5).map((id) => settle(sound, id)),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array(5).fill('fulfilled'),
      'rejected',
      ...Array(5).fill('fulfilled'),
    ])
    expect(outcomes[5]).toMatchObject({ reason: { code: 'store_unavailable' } })
    expect(await driver.balance(sound)).toMatchObject({ held: 0n, spent: 400n })
    expect((await driver.audit(broken)).ok).toBe(false)
  })

  test('is repeated when the server gave it up to end a deadlock', async () => {
    const driver = await bench.start()
    const [first, second] = ['a', 'b'].map((letter) => `${letter}-${crypto.randomUUID()}`) as [string, string]
    await Promise.all([grant(driver, first), grant(driver, second)])
    const administrator = bench.open()
    const lock = 'SELECT 1 FROM tollgate_accounts WHERE id = $1 FOR UPDATE'
    const held = await administrator.transaction(async (query) => {
      await query({ text: "SET LOCAL deadlock_timeout = '10s'" })
      await query({ text: lock, values: [second] })
      const holds = Promise.all([hold(driver, second), hold(driver, first)])
      await vi.waitFor(async () => {
        const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = $1"
        expect(await query({ text: waiting, values: [bench.database.name] })).toHaveLength(1)
      })
      await query({ text: lock, values: [first] })
      return { holds }
    }, 5000)
    expect((await held.holds).map(({ ok }) => ok)).toEqual([true, true])
  })

  test('is not reached by text that Postgres cannot keep', async () => {
    const driver = await bench.start()
    const account = crypto.randomUUID()
    await grant(driver, account)
    for (const id of ['a\0b', 'a\ud800']) {
      await expect(hold(driver, account, { id })).rejects.toMatchObject({
        code: 'invalid_request',
        param: 'id',
      })
    }
    expect((await hold(driver, account, { id: `'"\\{}:\u{1F600} ü` })).ok).toBe(true)
  })
})
