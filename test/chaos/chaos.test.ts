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

async function survive(run: Pick<ChaosRun, 'store' | 'faults' | 'processes'>): Promise<void> {
  const report = await runChaos({ ...run, seconds: 8, width: 4 })
  expect(report.problems).toEqual([])
  expect(report.lost).toBe(0n)
  expect(report.injected).toBeGreaterThanOrEqual(run.faults.length)
  expect(report.calls).toBeGreaterThan(100)
}

describe('P1 P3 P14 whatever fails, nothing is lost, doubled or overdrawn', () => {
  // It has one process and no server: its fault is the death of that process.
  test('sqlite', () => survive({ store: 'sqlite', faults: ['client killed'], processes: 1 }), timeoutMs)

  const stores: readonly OwnStore[] = ['redis', 'redis, synced every second', 'postgres']
  for (const store of stores) testOwnStore(store, () => survive({ store, faults, processes: 4 }), timeoutMs)
})
