import { parseArguments } from '../anthropic-messages/arguments.ts'
import type { Part, ThinkingPart, ToolCallPart, ToolResultPart } from '../conversation.ts'
import { wrappedArguments } from '../custom-tool.ts'
import type { JsonObject } from '../json.ts'
import type { ConverseContext } from './render-context.ts'
import { renderAudio, renderMedia } from './render-media.ts'

export type BlockPart = Exclude<Part, ToolCallPart | ToolResultPart>

/** A part as content blocks, its cache mark behind it; none where nothing of it can be sent. */
export function renderPart(part: BlockPart, context: ConverseContext): readonly JsonObject[] {
  const block = renderBlock(part, context)
  return block === undefined ? [] : [block, ...context.cachePoint(part)]
}

function renderBlock(part: BlockPart, context: ConverseContext): JsonObject | undefined {
  switch (part.type) {
    case 'text':
    case 'refusal':
      // Blocks without visible text are refused upstream, and say nothing.
      return part.text.trim() === '' ? undefined : { text: part.text }
    case 'image':
    case 'document':
      return renderMedia(part, context)
    case 'audio':
      return renderAudio(part)
    case 'thinking':
      return renderReasoning(part, context)
    case 'opaque':
      context.warnings.dropped(part.path, `${String(part.value.type)} has no counterpart on this model.`)
      return undefined
  }
}

function renderReasoning(part: ThinkingPart, { facts, warnings }: ConverseContext): JsonObject | undefined {
  const { seal, redacted, text, path } = part
  if (seal?.origin === 'anthropic' && facts.isClaude) {
    if (redacted) return { reasoningContent: { redactedContent: seal.value } }
    return { reasoningContent: { reasoningText: { text, signature: seal.value } } }
  }
  warnings.dropped(path, 'Earlier reasoning without a signature of this provider is left out.')
  return undefined
}

export function renderCall(part: ToolCallPart, id: string, context: ConverseContext): readonly JsonObject[] {
  const input = parseArguments(wrappedArguments(part))
  return [
    { toolUse: { toolUseId: id, name: context.toolNames.of(part.name), input } },
    ...context.cachePoint(part),
  ]
}

export function renderResult(
  part: ToolResultPart,
  id: string,
  context: ConverseContext,
): readonly JsonObject[] {
  const content = part.parts.map((item) => renderBlock(item, context)).filter((block) => block !== undefined)
  const status = part.isError ? { status: 'error' } : {}
  // No mark can stand within a result.
  const marked = [part, ...part.parts].find(({ cache }) => cache !== undefined) ?? part
  return [{ toolResult: { toolUseId: id, content, ...status } }, ...context.cachePoint(marked)]
}
