import type { Workload } from '../workloads/workload.ts'

/**
 * What a server is warmed with: the workload itself, but streams side by side as short ones without pauses, so
 * that the code is compiled and no memory of thousands is left behind.
 */
export function warmUpOf(workload: Workload): Workload {
  if (workload.load.kind === 'closed-loop') return workload
  return {
    ...workload,
    load: { kind: 'closed-loop', connections: 32 },
    scenario: { ...workload.scenario, interval: 0 },
  }
}
