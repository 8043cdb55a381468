import { processorMicros } from '../process/consumption.ts'
import { type CallPlan, type Connection, createConnection } from './connection.ts'
import type { ClosedLoop } from './load-questions.ts'
import { requestBytes } from './request-bytes.ts'
import { createTally, type LoadResult, type Tally } from './tally.ts'

/** Calls that are under way when the time is over are waited for, and counted. */
export async function runClosedLoop(task: ClosedLoop): Promise<LoadResult> {
  const { target, connections, seconds, expectation } = task
  const plan: CallPlan = {
    request: requestBytes(task),
    ...(task.leaveAfter !== undefined && { leaveAfter: task.leaveAfter }),
  }
  const tally = createTally(expectation, processorMicros)
  const until = performance.now() + seconds * 1000
  const open = Array.from({ length: connections }, () => createConnection(target.port))
  await Promise.all(open.map((connection) => callUntil(connection, plan, { until, tally })))
  const result = tally.result()
  for (const connection of open) connection.close()
  return result
}

interface Loop {
  readonly until: number
  readonly tally: Tally
}

async function callUntil(connection: Connection, plan: CallPlan, { until, tally }: Loop): Promise<void> {
  while (performance.now() < until) tally.add(await connection.call(plan))
}
