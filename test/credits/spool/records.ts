import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../../../packages/core/src/options/options.ts'

/** A logger that keeps what it is told, a line each: its level, its fields as JSON, its message. */
export function createRecords() {
  const lines: string[] = []
  const keep =
    (level: string) =>
    (fields: object, message: string): void =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields)}`)
  const logger: Logger = { info: keep('info'), warn: keep('warn'), error: keep('error') }
  return { lines, logger, matching: (pattern: RegExp) => lines.filter((line) => pattern.test(line)) }
}

/** The files of charges in a folder, without locks. */
export function chargeFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
}

/** All lines of them. */
export function chargeLines(folder: string): string[] {
  return chargeFiles(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1),
  )
}
