import type { StartDelta } from '../delta.ts'
import type { AnswerContext } from '../dialect.ts'
import type { JsonObject } from '../json.ts'

/** What a message says of itself before its content. */
export function renderHead(start: StartDelta | undefined, context: AnswerContext): JsonObject {
  return {
    id: messageId(start?.id || context.requestId),
    type: 'message',
    role: 'assistant',
    model: start?.model || context.model,
  }
}

/** The upstream's own id, in the shape that clients of this API expect. */
function messageId(id: string): string {
  return id.startsWith('msg_') ? id : `msg_${id.replace(/[^a-zA-Z0-9_-]/g, '_')}`
}
