import type { ToolResultPart } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { inputText, renderInputPart } from './render-content.ts'
import type { RenderContext } from './render-context.ts'

/** A tool's result as an item. `isCustom`: the call that it answers was one of free text. */
export function renderResult(
  result: ToolResultPart,
  { callId, isCustom }: { readonly callId: string; readonly isCustom: boolean },
  context: RenderContext,
): JsonObject {
  const extras = context.isOwn ? result.extras : undefined
  const type = isCustom ? 'custom_tool_call_output' : 'function_call_output'
  return { ...extras, type, call_id: callId, output: outputOf(result, context) }
}

/**
 * One text alone is written as such, which every server takes. Where marks move on from turn to turn, all results are
 * lists, marked or not, so that the prompt stays the same.
 */
function outputOf(result: ToolResultPart, context: RenderContext): unknown {
  const parts = marked(prefixed(renderParts(result, context), result.isError), result, context)
  const [only] = parts
  if (only === undefined) return ''
  const isPlain = parts.length === 1 && only.type === 'input_text' && Object.keys(only).length === 2
  const wasList = context.isOwn && result.parts[0]?.path.endsWith(']')
  return isPlain && !wasList && !context.isMarked ? only.text : parts
}

function renderParts({ parts }: ToolResultPart, context: RenderContext): readonly JsonObject[] {
  return parts.map((part) => renderInputPart(part, context)).filter((part) => part !== undefined)
}

/** The dialect has no other way to say that the tool failed. */
function prefixed(parts: readonly JsonObject[], isError = false): readonly JsonObject[] {
  if (!isError) return parts
  const [first, ...others] = parts
  if (first?.type === 'input_text') return [{ ...first, text: `Error: ${first.text}` }, ...others]
  return [inputText('Error: '), ...parts]
}

/** A breakpoint behind the whole result stands behind its last part. */
function marked(
  parts: readonly JsonObject[],
  { cache }: ToolResultPart,
  context: RenderContext,
): readonly JsonObject[] {
  const last = parts.at(-1)
  if (cache === undefined || last === undefined) return parts
  return [...parts.slice(0, -1), { ...last, ...context.cacheMark(cache) }]
}
