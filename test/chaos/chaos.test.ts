import { describe, expect, test } from 'vitest'
import { type OwnStore, testOwnStore } from '../stores/own-stores.ts'
import type { FaultName } from './faults.ts'
import { type ChaosRun, runChaos } from './run-chaos.ts'

const faults: readonly FaultName[] = [
  'client killed',
  'store killed',
  'answers lost',
  'store paused',
  'disk full',
]
const timeoutMs = 90_000

async function survive(run: Pick<ChaosRun, 'store' | 'faults' | 'processes'>): Promise<bigint> {
  const report = await runChaos({ ...run, seconds: 8, width: 4 })
  expect(report.problems).toEqual([])
  expect(report.injected).toBeGreaterThanOrEqual(run.faults.length)
  expect(report.calls).toBeGreaterThan(100)
  return report.lost
}

const loseNothing = async (store: OwnStore) => expect(await survive({ store, faults, processes: 4 })).toBe(0n)

describe('P1 P3 P14 whatever fails, nothing is lost, doubled or overdrawn', () => {
  // It has one process and no server: its fault is the death of that process.
  const killSqlite = { store: 'sqlite', faults: ['client killed'], processes: 1 } as const
  test('sqlite', async () => expect(await survive(killSqlite)).toBe(0n), timeoutMs)

  const stores: readonly OwnStore[] = ['redis', 'postgres', 'mariadb']
  for (const store of stores) testOwnStore(store, () => loseNothing(store), timeoutMs)
})

describe('a store that acknowledges before it writes may lose a moment, and nothing else goes wrong', () => {
  const store = 'redis, synced every second'
  testOwnStore(store, async () => void (await survive({ store, faults, processes: 4 })), timeoutMs)
})
