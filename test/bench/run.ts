import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { buildServers } from './build-servers.ts'
import { raceContestant } from './contestants.ts'
import { type Flags, parseFlags, usage } from './flags.ts'
import type { LoadQuestions } from './load/load-questions.ts'
import { runRace } from './measure/run-race.ts'
import { type Bench, takeTurns } from './measure/take-turns.ts'
import { startChild } from './process/child.ts'
import { figuresOf } from './report/figures.ts'
import { formatRace, judgeRace, laneFigures } from './report/race-text.ts'
import { formatVerdicts, formatWorkload } from './report/text.ts'
import { isDisqualified, judgeLimits, type Verdict } from './report/verdicts.ts'
import type { UpstreamQuestions } from './upstream-process.ts'
import { isRace, type Race } from './workloads/race.ts'
import type { Workload } from './workloads/workload.ts'

if (process.argv.includes('--help')) console.log(usage)
else process.exitCode = (await run(parseFlags(process.argv.slice(2)))) ? 0 : 1

/** Measures what the flags ask for; false when a gateway lost a call or charged one wrongly. */
async function run(flags: Flags): Promise<boolean> {
  const { loadCore: core, json } = flags
  const modules = await buildServers()
  const upstream = startChild<UpstreamQuestions>({ core, module: moduleOf('upstream-process.ts') })
  const load = startChild<LoadQuestions>({ core, module: moduleOf('load-process.ts') })
  const url = `http://127.0.0.1:${await upstream.ask('listen')}`
  const bench: Bench = { ...flags, modules, load, upstream: { url, child: upstream }, progress }
  const reports: Report[] = []
  for (const task of flags.workloads) {
    const report = isRace(task) ? await raceLanes(bench, task, flags) : await runWorkload(bench, task, flags)
    if (report) reports.push(report)
  }
  await Promise.all([upstream.stop(), load.stop()])
  const verdicts = reports.flatMap((report) => report.verdicts)
  progress('')
  if (verdicts.length > 0) console.log(formatVerdicts(verdicts))
  if (json !== undefined) writeFileSync(json, JSON.stringify({ machine: machine(), reports }, undefined, 2))
  return reports.every(({ sound }) => sound)
}

function moduleOf(file: string): URL {
  return new URL(file, import.meta.url)
}

interface Report {
  readonly workload: string
  readonly figures: readonly object[]
  readonly verdicts: readonly Verdict[]
  readonly sound: boolean
}

async function runWorkload(bench: Bench, workload: Workload, { contestants }: Flags): Promise<Report> {
  const measured = await takeTurns(bench, workload, contestants)
  const figures = measured.map((one) => figuresOf(one, measured))
  progress('')
  console.log(`${formatWorkload(workload, figures)}\n`)
  return {
    workload: workload.name,
    figures: figures.map((one, at) => ({ ...one, slices: measured[at]?.slices })),
    verdicts: judgeLimits(workload, figures),
    sound: !figures.some(isDisqualified),
  }
}

async function raceLanes(bench: Bench, race: Race, { contestants }: Flags): Promise<Report | undefined> {
  const contestant = raceContestant(contestants)
  if (!contestant) return undefined
  const result = await runRace(bench, race, contestant)
  const figures = result.lanes.map((raced) => laneFigures(raced, result))
  progress('')
  console.log(`${formatRace(race, figures, result.chargeFaults)}\n`)
  return {
    workload: race.name,
    figures: figures.map((one, at) => ({ ...one, slices: result.lanes[at]?.slices })),
    verdicts: judgeRace(race, contestant.name, figures),
    sound: result.chargeFaults.length === 0 && !figures.some(({ faults }) => faults.length > 0),
  }
}

/** One line that is written over; nothing where nobody looks. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}

function machine(): object {
  const processors = cpus()
  return { node: process.version, processor: processors[0]?.model, cores: processors.length }
}
