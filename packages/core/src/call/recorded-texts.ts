import type { Warning } from '../dialects/conversation.ts'

/** Longer than any name that means something. */
const longestText = 1024
/** A client may send as many members that nobody knows as its body has room for. */
const mostWarnings = 32

/**
 * A text of a client or a provider as a ledger row records it: as it is, unless it is so long that a store might
 * refuse the row, and the call would be free.
 *
 * @example
 * recordedText('gpt-4o') // 'gpt-4o'
 */
export function recordedText(text: string): string
export function recordedText(text: string | undefined): string | undefined
export function recordedText(text: string | undefined): string | undefined {
  return text === undefined || text.length <= longestText ? text : text.slice(0, longestText)
}

/** The first of the warnings, with the names that the client gave; undefined when there are none. */
export function recordedWarnings(warnings: readonly Warning[]): readonly Warning[] | undefined {
  if (warnings.length === 0) return undefined
  return warnings.slice(0, mostWarnings).map(({ field, action, detail }) => ({
    field: recordedText(field),
    action,
    detail: recordedText(detail),
  }))
}
