import type { Conversation, Part } from './conversation.ts'
import { unsupportedMember } from './members.ts'

/**
 * A turn of sound is named by an id, and what was said in it is known to its own provider alone. Left out, the
 * conversation would be another one.
 *
 * @throws GatewayError `unsupported_parameter` that names the turn.
 * @example
 * refuseUnknownSound(parseChatRequest(body)) // of a body that is to be translated
 */
export function refuseUnknownSound({ messages }: Conversation): void {
  for (const { parts, extras, path } of messages) {
    if (!extras?.audio || parts.some(saysText)) continue
    const message =
      'What was said in sound is known to its own provider alone: send its transcript as content.'
    throw unsupportedMember(`${path}.audio`, message)
  }
}

/** Calls of tools beside it say nothing of it, and nor does what is blank. */
function saysText(part: Part): boolean {
  return (part.type === 'text' || part.type === 'refusal') && part.text.trim() !== ''
}
