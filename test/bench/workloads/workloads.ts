import { brokenStreamWorkloads } from './broken-streams.ts'
import { largeBodyWorkloads } from './large-bodies.ts'
import { type Race, translationRaces } from './race.ts'
import { smallJsonWorkloads } from './small-json.ts'
import { streamWorkloads } from './streams.ts'
import type { Workload } from './workload.ts'

/** In the order in which they are measured. */
export const workloads: readonly (Workload | Race)[] = [
  ...smallJsonWorkloads,
  ...largeBodyWorkloads,
  ...streamWorkloads,
  ...brokenStreamWorkloads,
  ...translationRaces,
]
