import type { Message, Part, RefusalPart, TextPart, ThinkingPart, ToolCallPart } from '../conversation.ts'
import { wrappedArguments } from '../custom-tool.ts'
import { dropOpaque } from '../drop-opaque.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import type { RenderContext } from './render-context.ts'

/**
 * A turn of the model as the items it consists of here, in their order: reasoning, messages, calls.
 *
 * @param callIds The ids of calls as the API takes them.
 */
export function renderAssistant(
  { parts }: Message,
  callIds: (id: string) => string,
  context: RenderContext,
): readonly JsonObject[] {
  const items: JsonObject[] = []
  let place: string | undefined
  let content: JsonObject[] = []

  /** Neighbouring texts are one message, unless the client wrote them as several. */
  function say(part: Part, value: JsonObject): void {
    const itsPlace = context.isOwn ? part.path.replace(/\.content(\[\d+\])?$/, '') : 'message'
    if (itsPlace !== place) {
      content = []
      const message = isJsonObject(part.extras?.message) && context.isOwn ? part.extras.message : {}
      items.push({ ...message, type: 'message', role: 'assistant', content })
    }
    place = itsPlace
    content.push(value)
  }

  function add(item: JsonObject | undefined): void {
    if (item === undefined) return
    place = undefined
    items.push(item)
  }

  for (const part of parts) {
    if (part.type === 'thinking') add(renderThinking(part, context))
    else if (part.type === 'tool-call') add(renderCall(part, callIds(part.id), context))
    else if (part.type === 'opaque' && context.isOwn && !part.path.includes('.content')) add(part.value)
    else {
      const value = renderContent(part, context)
      if (value !== undefined) say(part, value)
    }
  }
  return items
}

function renderContent(part: Part, context: RenderContext): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return renderText(part, context)
    case 'refusal':
      return { ...ownExtras(part, context), type: 'refusal', refusal: part.text }
    case 'opaque':
      return context.isOwn ? part.value : dropOpaque(part, context.warnings)
    case 'image':
    case 'document':
    case 'audio':
      context.warnings.dropped(part.path, 'Pictures, files and sound that a model made earlier are left out.')
      return undefined
    default:
      return undefined
  }
}

function renderText(part: TextPart, context: RenderContext): JsonObject | undefined {
  if (part.text === '' && !context.isOwn) return undefined
  return { annotations: [], ...ownExtras(part, context), type: 'output_text', text: part.text }
}

/** The members of a message travel with its first part. */
function ownExtras({ extras }: TextPart | RefusalPart, { isOwn }: RenderContext): JsonObject {
  if (!isOwn || extras === undefined) return {}
  const { message: _, ...own } = extras
  return own
}

/** Without the provider's own seal on it, reasoning is refused or means nothing. */
function renderThinking(part: ThinkingPart, context: RenderContext): JsonObject | undefined {
  const { seal, text, path, extras } = part
  const summary = text === '' ? [] : [{ type: 'summary_text', text }]
  const own = context.isOwn ? { summary, ...extras } : { summary }
  if (seal?.origin === 'openai') {
    const id = seal.id === undefined ? {} : { id: seal.id }
    return { ...own, type: 'reasoning', ...id, encrypted_content: seal.value }
  }
  if (context.isOwn && seal === undefined && extras !== undefined) return { ...own, type: 'reasoning' }
  context.warnings.omitted(path, 'Earlier reasoning without a seal of this provider is left out.')
  return undefined
}

function renderCall(part: ToolCallPart, callId: string, context: RenderContext): JsonObject {
  const { custom, arguments: text, extras = {} } = part
  const call = { call_id: callId, ...nameOf(part, context) }
  const own = context.isOwn ? extras : {}
  if (custom && context.knowsCustomTools) return { ...own, type: 'custom_tool_call', ...call, input: text }
  return { ...own, type: 'function_call', ...call, arguments: wrappedArguments(part) || '{}' }
}

function nameOf({ name, extras }: ToolCallPart, { isOwn, toolNames }: RenderContext): JsonObject {
  if (!isOwn) return { name: toolNames.of(name) }
  const prefix = `${extras?.namespace}__`
  return { name: name.startsWith(prefix) ? name.slice(prefix.length) : name }
}
