import { contestants } from '../contestants.ts'
import type { Limit, Workload } from '../workloads/workload.ts'
import type { Figures, Ratio } from './figures.ts'

/** One promise held against what was measured. */
export interface Verdict {
  readonly workload: string
  readonly server: string
  readonly of: Limit['of']
  readonly limit: number
  readonly measured: number
  readonly kept: boolean
}

/** Holds the limits of a workload against every gateway that took part. */
export function judgeLimits(workload: Workload, figures: readonly Figures[]): readonly Verdict[] {
  return figures.flatMap((one) => {
    const store = contestants.find(({ name }) => name === one.server)?.store
    return workload.limits
      .filter((limit) => limit.store === store)
      .flatMap((limit) => {
        const measured = ratioFor(one, limit)?.median
        return measured === undefined ? [] : [verdict({ workload, server: one.server, limit, measured })]
      })
  })
}

function ratioFor(figures: Figures, { of }: Limit): Ratio | undefined {
  return of === 'memory' ? figures.memoryRatio : figures.processorRatio
}

interface Case {
  readonly workload: Workload
  readonly server: string
  readonly limit: Limit
  readonly measured: number
}

function verdict({ workload, server, limit, measured }: Case): Verdict {
  const { of, ratio } = limit
  return { workload: workload.name, server, of, limit: ratio, measured, kept: measured <= ratio }
}

/** A gateway that lost a call or charged one wrongly; its speed then does not count. */
export function isDisqualified({ server, faults, chargeFaults, leftOpen }: Figures): boolean {
  const isGateway = contestants.some(({ name, store }) => name === server && store)
  return isGateway && (chargeFaults.length > 0 || leftOpen > 0 || Object.keys(faults).length > 0)
}
