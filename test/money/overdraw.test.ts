import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { accountName } from '../stores/load/job.ts'
import { openDriver } from '../stores/load/open-driver.ts'
import { runLoad } from '../stores/load/run-load.ts'
import { type OwnStore, ownStores, testOwnStore } from '../stores/own-stores.ts'

/** Nano-dollars; a call takes 500 to 1,499. */
const grant = 2_000_000n
const spenders = 64
/** A slow disk decides how long it takes. */
const timeoutMs = 120_000

async function useUp(store: string, processes: number): Promise<void> {
  const account = accountName(0)
  const first = await openDriver(store)
  await first.credit({ account, ref: 'grant', amount: grant, kind: 'topup' })
  await first.close()
  const job = { store, manner: 'exact', accounts: 1, width: spenders / processes, seconds: 75 } as const
  const { confirmed } = await runLoad(job, processes)
  const driver = await openDriver(store)
  const { available, held, spent } = await driver.balance(account)
  expect(spent).toBe(confirmed)
  expect(spent).toBeLessThanOrEqual(grant)
  expect(Number(spent)).toBeGreaterThanOrEqual(Number(grant) * 0.99)
  expect([available, held]).toEqual([grant - spent, 0n])
  expect(await driver.audit(account)).toMatchObject({ ok: true, problems: [] })
  await driver.close()
}

async function useUpServer(store: OwnStore): Promise<void> {
  const server = await ownStores[store]()
  await server.start()
  await useUp(server.url, 4).finally(server.remove)
}

describe('P1 sixty-four spenders in four processes use up an account, and not a nano-dollar more', () => {
  test(
    'sqlite, in one process',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'overdraw-'))
      await useUp(`sqlite:${join(folder, 'credits.db')}`, 1).finally(() =>
        rmSync(folder, { recursive: true }),
      )
    },
    timeoutMs,
  )

  const stores: readonly OwnStore[] = ['redis', 'postgres', 'mariadb']
  for (const store of stores) testOwnStore(store, () => useUpServer(store), timeoutMs)
})
