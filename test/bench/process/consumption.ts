import { readFileSync, writeFileSync } from 'node:fs'

/** Microseconds of processor time, user and system, of all threads of this process since it began. */
export function processorMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Lets the next peak be one from now on. Linux only. */
export function resetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** Highest resident memory since the last reset, MiB. */
export function peakMebibytes(pid: number): number {
  const line = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1]) / 1024
}
