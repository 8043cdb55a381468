import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

/** What a spender knows by itself of one call, whatever the store says. */
export interface SpenderEntry {
  /**
   * `asked`: the settlement is about to be sent. `charged`: the store has confirmed it. `left`: whoever comes across the
   * call charges it.
   */
  readonly what: 'asked' | 'charged' | 'left'
  readonly id: string
  readonly account: string
  /** Nano-dollars: the cost, or what was charged of it. */
  readonly amount: string
}

/** Writes go to the system at once, so that a killed process leaves what it knew. */
export function openSpenderLog(file: string) {
  const descriptor = openSync(file, 'a')
  return {
    write: (entry: SpenderEntry) => void writeSync(descriptor, `${JSON.stringify(entry)}\n`),
    close: () => closeSync(descriptor),
  }
}

/** Every whole line; a process may have died in the middle of its last one. */
export function readSpenderLog(file: string): SpenderEntry[] {
  const text = readFileSync(file, 'utf8')
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as SpenderEntry)
}
