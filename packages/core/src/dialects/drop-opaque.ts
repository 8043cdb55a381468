import type { OpaquePart } from './conversation.ts'
import type { Warnings } from './warnings.ts'

/** Leaves out what only its own dialect knows, and says so by its type there. */
export function dropOpaque({ value, path }: OpaquePart, warnings: Warnings): undefined {
  const type = typeof value.type === 'string' ? value.type : 'unknown'
  warnings.dropped(path, `Content of type "${type}" has no counterpart on this model.`)
}
