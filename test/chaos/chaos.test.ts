import { describe, expect, test } from 'vitest'
import type { FaultName } from './faults.ts'
import { type ChaosStore, runChaos } from './run-chaos.ts'

/** SQLite has one process and no server; its fault is the death of that process. */
const scenarios: readonly (readonly [ChaosStore, readonly FaultName[]])[] = [['sqlite', ['client killed']], ['postgres', ['client killed','store killed','answers lost','store paused']]]

describe('P1 P3 P14 whatever fails, nothing is lost, doubled or overdrawn', () => {
  test.each(scenarios)(
    '%s',
    async (store, names) => {
      const processes = store === 'sqlite' ? 1 : 4
      const report = await runChaos({ store, faults: names, seconds: 8, processes, width: 4 })
      expect(report.problems).toEqual([])
      expect(report.lost).toBe(0n)
      expect(report.injected).toBeGreaterThanOrEqual(names.length)
      expect(report.calls).toBeGreaterThan(100)
    },
    90_000,
  )
})
