import { afterAll, beforeAll, expect, test } from 'vitest'
import { grant, hold } from '../../../../../test/credits/calls.ts'
import { describeSharedDatabase } from '../../../../../test/credits/describe-shared-database.ts'
import { createMysqlBench, type MysqlBench } from '../../../../../test/mysql/credit-bench.ts'
import { describeWithService, mysqlUrl } from '../../../../../test/services.ts'

await describeWithService('processes that share a MySQL or MariaDB database', mysqlUrl(), () => {
  describeSharedDatabase(createMysqlBench)

  let bench: MysqlBench
  beforeAll(async () => {
    bench = await createMysqlBench()
  })
  afterAll(() => bench.remove())

  test('make the procedures again where a dump has left them out, and keep everything else', async () => {
    const restored = await createMysqlBench()
    const before = await restored.start()
    await grant(before, 'acme')
    const identity = await before.identity?.()
    for (const name of ['hold', 'consume']) await restored.database.run(`DROP PROCEDURE tollgate_${name}`)
    const [driver] = await Promise.all([restored.start(), restored.start()])
    expect(await hold(driver, 'acme')).toMatchObject({ ok: true, available: 999_900n })
    expect(await driver.identity?.()).toBe(identity)
    await restored.remove()
  })

  test('finish what another has begun and left', async () => {
    const other = await createMysqlBench()
    await other.start()
    await other.database.run('DELETE FROM tollgate_credits')
    await other.database.run('DROP PROCEDURE tollgate_hold')
    const driver = await other.start()
    await grant(driver, 'new')
    expect((await hold(driver, 'new')).ok).toBe(true)
    await other.remove()
  })

  test('know their database by one name', async () => {
    const [left, right] = await Promise.all([bench.start(), bench.start()])
    expect(await left.identity?.()).toMatch(/^[0-9a-f-]{36}$/)
    expect(await right.identity?.()).toBe(await left.identity?.())
  })
})
