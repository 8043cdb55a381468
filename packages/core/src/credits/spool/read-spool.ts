import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SettleRequest } from '../driver.ts'
import { decodeLine, type SpoolLine, type StartedCall } from './spool-line.ts'

/** What a process left undone. */
export interface Leftovers {
  /** Under way, and nobody knows what they cost. */
  readonly started: readonly StartedCall[]
  /** To be charged. */
  readonly settlements: readonly SettleRequest[]
  readonly damaged: readonly DamagedLine[]
}

export interface DamagedLine {
  readonly file: string
  /** From 1. */
  readonly line: number
}

/**
 * Reads the files of a process that is gone. A last line without its end was being written when the process was
 * killed: nobody was told that it is safe, so it is none.
 */
export async function readLeftovers(folder: string, files: readonly string[]): Promise<Leftovers> {
  const started = new Map<string, StartedCall>()
  const settlements = new Map<string, SettleRequest>()
  const damaged: DamagedLine[] = []
  const apply = (line: SpoolLine) => {
    if (line.op === 'started') started.set(line.id, line)
    else if (line.op === 'settle') settlements.set(line.request.id, line.request)
    else if (line.op === 'done') {
      started.delete(line.id)
      settlements.delete(line.id)
    }
  }
  for (const file of files) {
    const lines = (await readFile(join(folder, file), 'utf8')).split('\n')
    for (const [index, text] of lines.slice(0, -1).entries()) {
      const line = decodeLine(text)
      if (line) apply(line)
      else damaged.push({ file, line: index + 1 })
    }
  }
  return {
    started: [...started.values()].filter(({ id }) => !settlements.has(id)),
    settlements: [...settlements.values()],
    damaged,
  }
}
