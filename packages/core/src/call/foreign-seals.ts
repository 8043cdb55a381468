import { countWord } from '../bytes/search-bytes.ts'
import type { DialectId } from '../providers/dialect-id.ts'
import type { ResolvedCall } from './call.ts'

/**
 * How the strings begin in which clients send another provider's seals back, by the dialects that have a place for
 * them. Short, because the search for eight characters and more is three times slower.
 */
const marks: Readonly<Partial<Record<DialectId, string>>> = {
  'anthropic-messages': '"tollga',
  'openai-responses': '"tollga',
  // In Base64.
  'google-gemini': '"dG9sbG',
}

/**
 * Whether a request may carry the sealed reasoning of another provider, from an earlier turn that was answered there.
 * This provider would refuse the whole request for it.
 */
export function mayCarryForeignSeals({ dialect, envelope }: ResolvedCall): boolean {
  const mark = marks[dialect.id]
  return mark !== undefined && countWord(envelope.members.body, mark, 1) > 0
}
