import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { accountName } from '../stores/load/job.ts'
import { openDriver } from '../stores/load/open-driver.ts'
import { runLoad } from '../stores/load/run-load.ts'
import { createOwnMariadb } from '../stores/own-mariadb.ts'
import { createOwnPostgres } from '../stores/own-postgres.ts'
import { createOwnRedis } from '../stores/own-redis.ts'

const servers = { redis: createOwnRedis, postgres: createOwnPostgres, mariadb: createOwnMariadb } as const
/** Nano-dollars; a call takes 500 to 1,499. */
const grant = 2_000_000n

async function openPlace(store: 'sqlite' | keyof typeof servers) {
  if (store !== 'sqlite') {
    const server = await servers[store]()
    await server.start()
    return server
  }
  const folder = mkdtempSync(join(tmpdir(), 'overdraw-'))
  const remove = async () => rmSync(folder, { recursive: true })
  return { url: `sqlite:${join(folder, 'credits.db')}`, remove }
}

describe('P1 sixty-four spenders use up an account, and not a nano-dollar more', () => {
  test.each([
    ['sqlite', 1],
    ['postgres', 4],
  ] as const)(
    '%s, %i processes',
    async (store, processes) => {
      const place = await openPlace(store)
      try {
        const account = accountName(0)
        const first = await openDriver(place.url)
        await first.credit({ account, ref: 'grant', amount: grant, kind: 'topup' })
        await first.close()
        const job = {
          store: place.url,
          manner: 'exact',
          accounts: 1,
          width: 64 / processes,
          seconds: 30,
        } as const
        const { confirmed } = await runLoad(job, processes)
        const driver = await openDriver(place.url)
        const { available, held, spent } = await driver.balance(account)
        expect(spent).toBe(confirmed)
        expect(spent).toBeLessThanOrEqual(grant)
        expect(Number(spent)).toBeGreaterThanOrEqual(Number(grant) * 0.99)
        expect([available, held]).toEqual([grant - spent, 0n])
        expect(await driver.audit(account)).toMatchObject({ ok: true, problems: [] })
        await driver.close()
      } finally {
        await place.remove()
      }
    },
    60_000,
  )
})
