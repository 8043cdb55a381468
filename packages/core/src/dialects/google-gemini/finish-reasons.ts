import type { FinishReason } from '../delta.ts'

/** Google's words for why a candidate ended; those that are not here are ordinary ends as far as a client goes. */
const reasons: ReadonlyMap<unknown, FinishReason> = new Map([
  ['MAX_TOKENS', 'length'],
  ['CONTINUATION', 'length'],
  ['SAFETY', 'content-filter'],
  ['RECITATION', 'content-filter'],
  ['LANGUAGE', 'content-filter'],
  ['BLOCKLIST', 'content-filter'],
  ['PROHIBITED_CONTENT', 'content-filter'],
  ['SPII', 'content-filter'],
  ['IMAGE_SAFETY', 'content-filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content-filter'],
  ['IMAGE_RECITATION', 'content-filter'],
  ['MODEL_ARMOR', 'content-filter'],
  ['ESCALATION', 'content-filter'],
  ['PUP_LIMITED_DISABLED', 'content-filter'],
])

/** Reasons after which there may be nothing to show for an answer, so that the client is told. */
const explanations: ReadonlyMap<unknown, string> = new Map([
  ['MALFORMED_FUNCTION_CALL', 'The model wrote a tool call that cannot be read.'],
  ['MALFORMED_RESPONSE', 'The model wrote an answer that cannot be read.'],
  ['UNEXPECTED_TOOL_CALL', 'The model called a tool that it was not offered.'],
  ['TOO_MANY_TOOL_CALLS', 'The model called too many of its own tools.'],
  ['MISSING_THOUGHT_SIGNATURE', 'The conversation lacks a thought signature that the model needs.'],
  ['NO_IMAGE', 'The model made no image.'],
])

/** @param called The answer has calls of the client's tools, for which Google has no word of its own. */
export function parseFinishReason(reason: unknown, called: boolean): FinishReason {
  return reasons.get(reason) ?? (called ? 'tool-calls' : 'stop')
}

/** Why there is no proper answer, in Google's words or ours; undefined where nothing is wrong. */
export function explainFinish(reason: unknown, message: unknown): string | undefined {
  if (reason === 'STOP' || reasons.get(reason) === 'length') return undefined
  return typeof message === 'string' && message !== '' ? message : explanations.get(reason)
}

const words: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
}

export function renderFinishReason(reason: FinishReason): string {
  return words[reason]
}
