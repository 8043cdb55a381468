import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAffinity } from './affinity.ts'

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('remember' as const), key: fc.nat(6), id: fc.nat(3) }),
    fc.record({ kind: fc.constant('recall' as const), key: fc.nat(6) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(60) }),
  ),
  { maxLength: 60 },
)

test('remembers who served last, for so long, of at least half as many conversations: as a list would', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 2, max: 5 }), (script, size) => {
      let at = 0
      const affinity = createAffinity({ now: () => at, size, ttlMs: 100 })
      let list: { key: string; id: string; until: number }[] = []
      for (const step of script) {
        if (step.kind === 'wait') at += step.ms
        else if (step.kind === 'remember') {
          const [key, id] = [String(step.key), String(step.id)]
          list = [...list.filter((entry) => entry.key !== key), { key, id, until: at + 100 }]
          affinity.remember(key, id)
        } else {
          const known = list.findIndex((entry) => entry.key === String(step.key) && at < entry.until)
          const recalled = affinity.recall(String(step.key))
          const isKept = known >= list.length - Math.floor(size / 2)
          if (recalled !== undefined || (known >= 0 && isKept)) expect(recalled).toBe(list[known]?.id)
        }
      }
    }),
  )
})
