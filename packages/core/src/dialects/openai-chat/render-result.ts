import type { ToolResultPart } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { contentOf, isText, renderPart } from './render-content.ts'
import type { RenderContext } from './render-context.ts'

/** The message of one tool result, and what of it has to be shown behind all results. */
export function renderResult(
  result: ToolResultPart,
  context: RenderContext,
): { readonly message: JsonObject; readonly shown: readonly JsonObject[] } {
  const { callId, isError, parts } = result
  const message = { role: 'tool', tool_call_id: callId }
  if (context.isOwn) {
    const failed = isError ? { is_error: true } : {}
    return { message: { ...message, content: ownContent(result, context), ...failed }, shown: [] }
  }
  const shown = parts.filter((part) => !isText(part))
  const texts = parts.map((part) => {
    if (isText(part)) return renderPart(part, context)
    return { type: 'text', text: part.type === 'image' ? '[image]' : '[document]' }
  })
  const content = contentOf(marked(prefixed(texts, isError), result, context), { separator: '\n' })
  return {
    message: { ...message, content },
    shown: shown.map((part) => renderPart(part, context)).filter((part) => part !== undefined),
  }
}

function ownContent(result: ToolResultPart, context: RenderContext): unknown {
  const parts = result.parts.map((part) => renderPart(part, context))
  return contentOf(marked(parts, result, context), { separator: undefined })
}

function prefixed(
  parts: readonly (JsonObject | undefined)[],
  isError = false,
): readonly (JsonObject | undefined)[] {
  if (!isError) return parts
  const [first = { type: 'text', text: '' }, ...others] = parts
  return [{ ...first, text: `Error: ${first.text}` }, ...others]
}

/** A breakpoint behind the whole result stands behind its last part. */
function marked(
  parts: readonly (JsonObject | undefined)[],
  { cache }: ToolResultPart,
  context: RenderContext,
): readonly JsonObject[] {
  const present = parts.filter((part) => part !== undefined)
  const last = present.at(-1)
  if (last === undefined) return present
  return [...present.slice(0, -1), { ...last, ...context.cacheMark(cache) }]
}
