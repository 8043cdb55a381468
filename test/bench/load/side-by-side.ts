import { setTimeout as sleep } from 'node:timers/promises'
import { processorMicros } from '../process/consumption.ts'
import { type CallResult, type Connection, createConnection } from './connection.ts'
import type { SideBySide } from './load-questions.ts'
import { requestBytes } from './request-bytes.ts'
import { createTally, type LoadResult } from './tally.ts'

/**
 * Runs many calls at once and resolves when the last has ended.
 *
 * @param open Holds the connections while the calls run, so that they can be looked at.
 */
export async function runSideBySide(task: SideBySide, open: Set<Connection>): Promise<LoadResult> {
  const { target, streams, rampMs, expectation } = task
  const request = requestBytes(task)
  const tally = createTally(expectation, processorMicros)
  const startedAt = performance.now()
  const calls: Promise<CallResult>[] = []
  while (calls.length < streams) {
    const connection = createConnection(target.port)
    open.add(connection)
    calls.push(connection.call({ request }))
    const wait = startedAt + (calls.length * rampMs) / streams - performance.now()
    if (wait > 0) await sleep(wait)
  }
  for (const call of calls) tally.add(await call)
  const result = tally.result()
  for (const connection of open) connection.close()
  open.clear()
  return result
}

export function countAlive(open: Iterable<Connection>, withinMs: number): number {
  const since = performance.now() - withinMs
  let alive = 0
  for (const { lastByteAt } of open) {
    if (lastByteAt !== undefined && lastByteAt >= since) alive++
  }
  return alive
}
