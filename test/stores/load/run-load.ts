import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Job, Outcome } from './job.ts'

/** What all processes of a load did together. */
export interface LoadResult {
  readonly pairs: number
  readonly confirmed: bigint
  /** From the first to the last of them. */
  readonly seconds: number
  readonly holds: readonly number[]
  readonly settlements: readonly number[]
}

const program = join(import.meta.dirname, 'process.ts')

/** Runs a job in several processes that begin together. */
export async function runLoad(job: Job, processes: number): Promise<LoadResult> {
  const children = await Promise.all(Array.from({ length: processes }, () => startProcess(job)))
  const start = performance.now()
  const outcomes = await Promise.all(children.map(outcomeOf))
  const seconds = (performance.now() - start) / 1000
  return {
    seconds,
    pairs: outcomes.reduce((sum, { pairs }) => sum + pairs, 0),
    confirmed: outcomes.reduce((sum, { confirmed }) => sum + BigInt(confirmed), 0n),
    holds: outcomes.flatMap(({ holds }) => holds).sort((left, right) => left - right),
    settlements: outcomes.flatMap(({ settlements }) => settlements).sort((left, right) => left - right),
  }
}

async function startProcess(job: Job): Promise<ChildProcess> {
  const child = fork(program, [JSON.stringify(job)], { execArgv: ['--conditions=@tollgate/source'] })
  await message(child)
  return child
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const gone = once(child, 'exit')
  child.send('begin')
  const outcome = (await message(child)) as Outcome
  await gone
  return outcome
}

async function message(child: ChildProcess): Promise<unknown> {
  const died = once(child, 'exit').then(() => {
    throw new Error('A process of the load died.')
  })
  died.catch(() => {})
  const [received] = await Promise.race([once(child, 'message'), died])
  return received
}

/** The value below which a share of a sorted sample is. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
