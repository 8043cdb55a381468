import type { Part, ThinkingPart, ToolCallPart } from '../conversation.ts'
import { wrappedArguments } from '../custom-tool.ts'
import type { JsonObject } from '../json.ts'
import { packSeal } from '../seal.ts'
import { contentOf, renderPart } from './render-content.ts'
import type { RenderContext } from './render-context.ts'

/** An assistant's turn as one message; undefined where nothing of it can be sent. */
export function renderAssistant(parts: readonly Part[], context: RenderContext): JsonObject | undefined {
  const refusals = context.isOwn || context.isOpenAi ? parts.filter((part) => part.type === 'refusal') : []
  const content = parts
    .filter((part) => !refusals.some((refusal) => refusal === part))
    .map((part) => renderPart(part, context))
    .filter((part) => part !== undefined)
  const calls = parts.filter((part) => part.type === 'tool-call').map((part) => renderCall(part, context))
  const thinking = renderThinking(
    parts.filter((part) => part.type === 'thinking'),
    context,
  )
  const acts = calls.length > 0 || refusals.length > 0
  if (content.length === 0 && !acts && Object.keys(thinking).length === 0) return undefined
  return {
    role: 'assistant',
    // Without a call there has to be a content, and be it an empty one.
    content:
      content.length === 0
        ? acts || context.isOwn
          ? null
          : ''
        : contentOf(content, { separator: context.isOwn ? undefined : '' }),
    ...thinking,
    ...(refusals.length > 0 && { refusal: refusals.map(({ text }) => text).join('') }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

function renderCall(part: ToolCallPart, context: RenderContext): JsonObject {
  const { id, custom, arguments: text } = part
  const name = context.toolNames.of(part.name)
  const isCustom = custom && (context.isOpenAi || context.isOwn)
  const call = isCustom
    ? { type: 'custom', custom: { name, input: text } }
    : { type: 'function', function: { name, arguments: wrappedArguments(part) || '{}' } }
  return { ...ownExtras(part, context), id, ...call, ...signature(part, context) }
}

function ownExtras({ extras }: ToolCallPart, { isOwn }: RenderContext): JsonObject {
  return isOwn && extras !== undefined ? extras : {}
}

/** Google's models want their signature back, and its convention is the only one that there is. */
function signature({ seal }: ToolCallPart, { isOwn, target }: RenderContext): JsonObject {
  const isKept = isOwn && !target.traits.strictMessages
  const isHeard = isKept || (seal?.origin === 'google' && target.model.includes('gemini'))
  if (seal === undefined || !isHeard) return {}
  return { extra_content: { google: { thought_signature: packSeal(seal, 'google') } } }
}

function renderThinking(parts: readonly ThinkingPart[], context: RenderContext): JsonObject {
  const { isOwn, target, warnings } = context
  const member = target.traits.chatReasoning
  if (parts.length === 0) return {}
  if (isOwn && !target.traits.strictMessages) return renderOwn(parts, member ?? 'reasoning_content')
  const text = parts.map((part) => part.text).join('\n\n')
  if (member !== undefined && text.trim() !== '') return { [member]: text }
  const path = parts[0]?.path ?? ''
  warnings.omitted(path, 'Earlier reasoning is left out, because this provider does not take it back.')
  return {}
}

/** As this dialect's clients and servers tell it: signed blocks, or plain text. */
function renderOwn(parts: readonly ThinkingPart[], member: string): JsonObject {
  const text = parts.map((part) => part.text).join('')
  const isSigned = parts.some(({ seal }) => seal !== undefined)
  return { ...(text !== '' && { [member]: text }), ...(isSigned && { thinking_blocks: parts.map(blockOf) }) }
}

function blockOf({ text: thinking, seal, redacted }: ThinkingPart): JsonObject {
  if (seal === undefined) return { type: 'thinking', thinking }
  const sealed = packSeal(seal, 'anthropic')
  return redacted
    ? { type: 'redacted_thinking', data: sealed }
    : { type: 'thinking', thinking, signature: sealed }
}
