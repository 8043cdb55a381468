import type { Conversation } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import type { RenderContext } from './render-context.ts'
import type { RenderedMessages } from './render-messages.ts'

/** The last turns of the user that are marked: from the second on the turn before is found again, however long it was. */
const markedTurns = 2

type Prompt = Pick<RenderedMessages, 'system' | 'messages'>

/**
 * Breakpoints for a client whose own API caches by itself and who has asked for that with `prompt_cache_key`: behind the
 * instructions and behind the latest turns of the user. A client that marks its prompt itself knows better.
 */
export function markPrompt({ cacheKey }: Conversation, context: RenderContext, prompt: Prompt): Prompt {
  if (cacheKey === undefined || context.isOwn || context.isMarked()) return prompt
  const { system, messages } = prompt
  const users = messages.flatMap(({ role }, at) => (role === 'user' ? [at] : [])).slice(-markedTurns)
  return {
    system: withMark(system, context),
    messages: messages.map((message, at) =>
      users.includes(at)
        ? { ...message, content: withMark(message.content as readonly JsonObject[], context) }
        : message,
    ),
  }
}

function withMark(blocks: readonly JsonObject[], context: RenderContext): readonly JsonObject[] {
  const mark = context.cacheControl({ cache: {}, path: '' })
  return blocks.map((block, at) => (at === blocks.length - 1 ? { ...block, ...mark } : block))
}
