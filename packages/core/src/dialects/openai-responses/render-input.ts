import { withoutAttribution } from '../attribution.ts'
import type { Message, Part, ToolResultPart } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { sha256 } from '../sha256.ts'
import { renderAssistant } from './render-assistant.ts'
import { inputText, renderInputPart } from './render-content.ts'
import type { RenderContext } from './render-context.ts'
import { renderResult } from './render-result.ts'

export interface RenderedInput {
  readonly instructions?: string
  readonly input: readonly JsonObject[]
}

const longestCallId = 64

/** The conversation as instructions and items. What leads it as instructions stays in front; later ones stay where they are. */
export function renderInput(context: RenderContext): RenderedInput {
  const instructions: string[] = []
  const input: JsonObject[] = []
  const custom = customCalls(context.conversation.messages)

  function addSystem(message: Message): void {
    const parts = withoutAttribution(message.parts)
    const content = renderParts(parts, context)
    if (content.length === 0) return
    const isPlain = content.every((part) => Object.keys(part).length === 2)
    const leads = context.isOwn ? message.path === 'instructions' : input.length === 0 && isPlain
    if (leads) instructions.push(...content.map(({ text }) => String(text)))
    else input.push({ role: context.isOpenAi ? 'developer' : 'system', content })
  }

  function addResult(part: ToolResultPart): void {
    const isCustom = context.knowsCustomTools && (part.custom ?? custom.has(part.callId))
    input.push(renderResult(part, { callId: callIdOf(part.callId), isCustom }, context))
  }

  /** Results lead a user's turn, because the calls that they answer are right before it. */
  function addUser({ parts }: Message): void {
    for (const part of parts) if (part.type === 'tool-result') addResult(part)
    for (const part of parts) if (part.type === 'opaque' && context.isOwn) input.push(part.value)
    const content = renderParts(parts, context)
    if (content.length > 0) input.push({ role: 'user', content })
  }

  for (const message of context.conversation.messages) {
    if (message.role === 'system') addSystem(message)
    else if (message.role === 'assistant') input.push(...renderAssistant(message, callIdOf, context))
    else addUser(message)
  }
  const items = context.isOwn ? input : withoutLooseReasoning(input, context)
  if (instructions.length === 0) return { input: items }
  const text = instructions.join('\n\n')
  // A request without any input is refused.
  return items.length === 0 ? { input: [instruction(text, context)] } : { instructions: text, input: items }
}

function renderParts(parts: readonly Part[], context: RenderContext): readonly JsonObject[] {
  return parts.map((part) => renderInputPart(part, context)).filter((part) => part !== undefined)
}

/** Calls by id, because most dialects do not tell a result of free text from another. */
function customCalls(messages: readonly Message[]): ReadonlySet<string> {
  const parts = messages.flatMap((message): readonly Part[] => message.parts)
  return new Set(parts.flatMap((part) => (part.type === 'tool-call' && part.custom ? [part.id] : [])))
}

/** The same id for the same call, in the call and in its result. */
function callIdOf(id: string): string {
  if (id.length <= longestCallId) return id
  return `call_${sha256(id).slice(0, 32)}`
}

/** What a model says behind its reasoning. */
const said = new Set<unknown>(['message', 'function_call', 'custom_tool_call'])

/** Reasoning is refused without what the model said behind it. */
function withoutLooseReasoning(
  input: readonly JsonObject[],
  { warnings, field }: RenderContext,
): readonly JsonObject[] {
  let isSaid = false
  const kept = input.toReversed().filter(({ type }) => {
    if (type !== 'reasoning') isSaid = said.has(type)
    else if (!isSaid)
      warnings.omitted(field('messages'), 'Earlier reasoning that nothing was said behind is left out.')
    return type !== 'reasoning' || isSaid
  })
  return kept.reverse()
}

/** A line of instructions as an item. */
export function instruction(text: string, { isOpenAi }: RenderContext): JsonObject {
  return { role: isOpenAi ? 'developer' : 'system', content: [inputText(text)] }
}
