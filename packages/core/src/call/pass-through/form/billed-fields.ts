import { malformedForm } from './malformed-form.ts'
import type { PartHead } from './part-head.ts'

/** Fields that say which model answers and what that costs: each may be there once, and as a field. */
const billed: ReadonlySet<string> = new Set([
  'model',
  'n',
  'size',
  'quality',
  'prompt',
  'stream',
  'partial_images',
  'response_format',
])

/** Keeps what the fields of a form say, and refuses what could be read in two ways. */
export interface BilledFields {
  part(head: PartHead): void
  field(name: string, value: string): void
  value(name: string): string | undefined
  /** Files so far. */
  files(): number
  /** The call is under way: what comes now is looked at when it comes. */
  onLate(check: () => void): void
}

export function createBilledFields(): BilledFields {
  const values = new Map<string, string>()
  const seen = new Set<string>()
  let files = 0
  let checkLate = () => {}
  return {
    part({ name, isFile }) {
      if (isFile) files += 1
      const plain = name.toLowerCase().replace(/\W+$/, '')
      if (!billed.has(plain)) return
      if (name !== plain)
        throw malformedForm(`"${name.slice(0, 64)}" is not how "${plain}" is written`, plain)
      if (isFile) throw malformedForm(`"${name}" is a file`, name)
      if (seen.has(name)) throw malformedForm(`"${name}" occurs twice`, name)
      seen.add(name)
    },
    field(name, value) {
      if (!billed.has(name)) return
      values.set(name, value)
      checkLate()
    },
    value: (name) => values.get(name),
    files: () => files,
    onLate(check) {
      checkLate = check
    },
  }
}
