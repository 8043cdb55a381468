import type { Delta } from './delta.ts'

type ErrorDelta = Extract<Delta, { type: 'error' }>

/** A failure that is between the operator and the provider: its own words are none of the client's business. */
export function operatorsFailure(kind: string): ErrorDelta {
  return { type: 'error', kind, message: 'The provider refused to go on with this answer.' }
}

/** A failure in the provider's words, where it found any. */
export function providersFailure(kind: string, message: unknown): ErrorDelta {
  const told = typeof message === 'string' ? message : 'The provider failed while it was answering.'
  return { type: 'error', kind, message: told }
}

/** What a stream is that cannot be read any further. */
export const unreadableEvent: ErrorDelta = {
  type: 'error',
  kind: 'upstream_error',
  message: 'The provider sent an event that is no JSON object.',
}
