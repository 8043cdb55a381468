import { parseArgs } from 'node:util'
import { type Contestant, contestants } from './contestants.ts'
import type { Race } from './workloads/race.ts'
import type { Workload } from './workloads/workload.ts'
import { workloads } from './workloads/workloads.ts'

/** What the command line asks for. */
export interface Flags {
  readonly workloads: readonly (Workload | Race)[]
  readonly contestants: readonly Contestant[]
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
  /** As `taskset` takes them: the servers' one, and one or more (`1-3`) for load generator and upstream. */
  readonly serverCore: string
  readonly loadCore: string
  /** File for everything measured. */
  readonly json: string | undefined
}

export const usage = `npm run bench -- [--only small-json-32,stream-50] [--servers proxy,express-sqlite]
  [--slices 5] [--seconds 1] [--warm-up 4] [--server-core 0] [--load-core 1] [--json results.json]

workloads: ${workloads.map(({ name }) => name).join(' ')}
servers:   ${contestants.map(({ name }) => name).join(' ')}`

/**
 * @throws Error that names the flag at fault.
 * @example
 * parseFlags(['--only', 'small-json-32', '--slices', '3'])
 */
export function parseFlags(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      servers: { type: 'string' },
      slices: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '1' },
      'warm-up': { type: 'string', default: '4' },
      'server-core': { type: 'string', default: '0' },
      'load-core': { type: 'string', default: '1' },
      json: { type: 'string' },
    },
  })
  return {
    workloads: select(workloads, values.only, '--only'),
    contestants: select(contestants, values.servers, '--servers'),
    rounds: positive(values.slices, '--slices'),
    seconds: positive(values.seconds, '--seconds'),
    warmUpSeconds: positive(values['warm-up'], '--warm-up'),
    serverCore: values['server-core'],
    loadCore: values['load-core'],
    json: values.json,
  }
}

/** Names or beginnings of names, separated by commas. */
function select<Named extends { readonly name: string }>(
  all: readonly Named[],
  list: string | undefined,
  flag: string,
): readonly Named[] {
  if (list === undefined) return all
  const wanted = list.split(',')
  const unknown = wanted.find((name) => !all.some((one) => matches(one.name, name)))
  if (unknown !== undefined) throw new Error(`${flag}: there is no "${unknown}".`)
  return all.filter((one) => wanted.some((name) => matches(one.name, name)))
}

/** `paced*` stands for all names that begin so. */
function matches(name: string, wanted: string): boolean {
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted
}

function positive(text: string, flag: string): number {
  const value = Number(text)
  if (value > 0) return value
  throw new Error(`${flag} must be a number above 0.`)
}
