import { countWord } from '../bytes/search-bytes.ts'
import type { DialectId } from '../providers/dialect-id.ts'
import type { ResolvedCall } from './call.ts'

/**
 * Beginnings or ends of what clients send back of other providers' reasoning, by the dialects that have a place for
 * it. Short, because the search for eight characters and more is three times slower.
 */
const marks: Readonly<Partial<Record<DialectId, string>>> = {
  'anthropic-messages': '"tollga',
  'openai-responses': '"tollga',
  // In Base64.
  'google-gemini': '"dG9sbG',
}

/** Short words, each with the longer ones that it is a part of. */
type Words = readonly (readonly [string, readonly string[]])[]

/**
 * What a provider refuses that knows only its own members; the longer words are looked for where the first one is.
 * A search is fastest for words that begin with a rare letter.
 */
const strangeMembers: Words = [
  ['_blocks', ['"thinking_blocks"']],
  ['_conten', ['"reasoning_content"', '"extra_content"']],
]

/** Thinking of providers that sign nothing, as it is shown to clients of Messages. */
const unsigned: Words = [
  ['re":""', ['"signature":""']],
  ['re": ""', ['"signature": ""']],
]

/**
 * Whether a request may carry the reasoning of another provider, from an earlier turn that was answered there. This
 * provider would refuse the whole request for it.
 */
export function mayCarryForeignSeals({ dialect, target, envelope }: ResolvedCall): boolean {
  const { body } = envelope.members
  const has = (word: string) => countWord(body, word, 1) > 0
  const hasAny = (words: Words) => words.some(([short, longer]) => has(short) && longer.some(has))
  const { strictMessages, signedThinking } = target.provider.definition
  const mark = marks[dialect.id]
  if (mark !== undefined && has(mark)) return true
  if (dialect.id === 'openai-chat') return strictMessages === true && hasAny(strangeMembers)
  return dialect.id === 'anthropic-messages' && signedThinking === true && hasAny(unsigned)
}
