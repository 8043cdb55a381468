import type { Turn } from './render-contents.ts'
import type { RenderContext } from './render-context.ts'

/** What Google's documentation of thought signatures names for calls that its model has not made, or not signed. */
const placeholder = 'skip_thought_signature_validator'

/**
 * Gives the calls of the current turn the signature without which they are refused, where the client, or the model
 * that made them, has none. Of calls side by side the first one carries it; earlier turns are not checked.
 */
export function signCalls(turns: readonly Turn[], { warnings, field }: RenderContext): void {
  // Results are no new turn, nor is what the user says beside them.
  const begin = turns.findLastIndex(({ role, results }) => role === 'user' && results.length === 0)
  for (const { role, parts } of turns.slice(begin + 1)) {
    const at = role === 'model' ? parts.findIndex((part) => part.functionCall !== undefined) : -1
    const call = parts[at]
    if (call === undefined || call.thoughtSignature !== undefined) continue
    parts[at] = { ...call, thoughtSignature: placeholder }
    warnings.changed(
      field('messages'),
      'A tool call of this turn came without its thought signature; the model goes on without that thought.',
    )
  }
}
