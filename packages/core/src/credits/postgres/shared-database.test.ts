import { expect, test } from 'vitest'
import { describeSharedDatabase } from '../../../../../test/credits/describe-shared-database.ts'
import { createPostgresBench } from '../../../../../test/postgres/credit-bench.ts'
import { describeWithService, postgresUrl } from '../../../../../test/services.ts'

await describeWithService('processes that share a Postgres database', postgresUrl(), () => {
  describeSharedDatabase(createPostgresBench)

  test('wait for the disk although the database says otherwise', async () => {
    const hasty = await createPostgresBench()
    await hasty.database.run(`ALTER DATABASE ${hasty.database.name} SET synchronous_commit = off`)
    expect((await hasty.start()).durability).toBe('sync')
    expect(await hasty.open().query({ text: 'SHOW synchronous_commit' })).toEqual([
      { synchronous_commit: 'on' },
    ])
    await hasty.remove()
  })
})
