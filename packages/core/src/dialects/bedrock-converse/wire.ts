import { awsErrorStatus } from '../../errors/aws-error.ts'
import { renderErrorBody } from '../../errors/render.ts'
import type { Opening, StreamEvent, StreamWire } from '../dialect.ts'
import { eventData, formatEvent } from '../sse.ts'

/** Converse streams as the transport writes them: one event a message, named as the message is. */
export const converseWire: StreamWire = {
  opening,
  // Usage follows the end of the answer, and is not part of it.
  isTerminal: ({ event }) => event === 'messageStop' || event === 'metadata',
  heartbeat: () => ': keep-alive\n\n',
  errorFrame: (error, requestId) => formatEvent(renderErrorBody(error, 'anthropic', requestId), 'error'),
  outputMembers: ['text', 'input'],
}

/** The name of what failed; undefined for events of an answer. */
export function exceptionIn({ event }: StreamEvent): string | undefined {
  return event?.endsWith('Exception') ? event : undefined
}

function opening(event: StreamEvent): Opening {
  const type = exceptionIn(event)
  if (type === undefined) return 'commit'
  return { error: { type, message: eventData(event)?.message ?? '', code: awsErrorStatus(type) ?? 502 } }
}
