import { withoutAttribution } from '../attribution.ts'
import type { Message, Part, ToolResultPart } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { renderAssistant } from './render-assistant.ts'
import { contentOf, renderPart } from './render-content.ts'
import type { RenderContext } from './render-context.ts'
import { renderResult } from './render-result.ts'

/**
 * The conversation as messages. Each tool result is a message of its own, all of them directly behind the calls;
 * their pictures and the rest of the user's turn follow.
 */
export function renderMessages(context: RenderContext): readonly JsonObject[] {
  const messages: JsonObject[] = []
  let shown: JsonObject[] = []

  function addUser(parts: readonly JsonObject[], extras: JsonObject = {}): void {
    const content = [...shown, ...parts]
    shown = []
    if (content.length > 0)
      messages.push({ ...extras, role: 'user', content: contentOf(content, textSeparator(context)) })
  }

  function addTurn(message: Message): void {
    const parts: readonly Part[] = message.parts
    const results = parts.filter(isResult)
    for (const result of results) {
      const rendered = renderResult(result, context)
      messages.push(rendered.message)
      shown.push(...rendered.shown)
    }
    if (results.length < parts.length) addUser(renderParts(parts, context), ownExtras(message, context))
  }

  for (const message of context.conversation.messages) {
    if (message.role === 'user' || message.role === 'tool') {
      addTurn(message)
      continue
    }
    addUser([])
    const rendered =
      message.role === 'system' ? renderSystem(message, context) : renderAssistant(message.parts, context)
    if (rendered !== undefined) messages.push({ ...ownExtras(message, context), ...rendered })
  }
  addUser([])
  return messages
}

function renderSystem(message: Message, context: RenderContext): JsonObject | undefined {
  const parts = withoutAttribution(message.parts)
  if (parts.length === 0) return undefined
  const role = context.isOpenAi && context.facts.reasoning ? 'developer' : 'system'
  return { role, content: contentOf(renderParts(parts, context), textSeparator(context)) }
}

function renderParts(parts: readonly Part[], context: RenderContext): readonly JsonObject[] {
  return parts.map((part) => renderPart(part, context)).filter((part) => part !== undefined)
}

/** Not every compatible server takes a list of texts. */
function textSeparator({ isOpenAi, isOwn }: RenderContext) {
  return { separator: isOpenAi || isOwn ? undefined : '\n\n' }
}

function isResult(part: Part): part is ToolResultPart {
  return part.type === 'tool-result'
}

function ownExtras({ extras }: Message, { isOwn }: RenderContext): JsonObject {
  return isOwn && extras !== undefined ? extras : {}
}
