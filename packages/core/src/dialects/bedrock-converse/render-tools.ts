import { renderTools as renderMessagesTools } from '../anthropic-messages/render-tools.ts'
import type { Conversation } from '../conversation.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import type { ConverseContext } from './render-context.ts'

export interface RenderedTools {
  readonly toolConfig?: JsonObject
  /** The model must call a tool. */
  readonly forced: boolean
}

/**
 * Tools and the choice among them, which differ from the Messages API's in their wrapping alone.
 *
 * @param answerTool A tool whose arguments are the answer.
 * @param called Names of tools that were called on the way: the API wants to see them.
 */
export function renderTools(
  conversation: Conversation,
  context: ConverseContext,
  {
    answerTool,
    called,
  }: { readonly answerTool: JsonObject | undefined; readonly called: ReadonlySet<string> },
): RenderedTools {
  const { tools, choice = {}, forced } = renderMessagesTools(conversation, context, answerTool)
  if (choice.disable_parallel_tool_use === true && answerTool === undefined) remarkParallel(context)
  const isClosed = choice.type === 'none' || tools.length === 0
  if (isClosed && called.size === 0) return { forced }
  if (isClosed) remarkCalled(conversation, context)
  const specs =
    tools.length > 0
      ? tools.flatMap((tool) => wrap(tool, context))
      : [...called].map((name) => bare(context.toolNames.of(name)))
  const toolChoice = isClosed ? {} : wrapChoice(choice, context)
  return { toolConfig: { tools: specs, ...toolChoice }, forced }
}

function wrap(tool: JsonObject, { toolNames }: ConverseContext): readonly JsonObject[] {
  const { name, description, input_schema: json, strict, cache_control: mark } = tool
  const told = typeof description === 'string' && description !== '' ? { description } : {}
  const own = { name: toolNames.of(String(name)), ...told, inputSchema: { json } }
  const spec = { toolSpec: strict === true ? { ...own, strict } : own }
  return isJsonObject(mark) ? [spec, { cachePoint: { type: 'default', ...mark } }] : [spec]
}

/** A tool that was called and is no longer offered. */
function bare(name: string): JsonObject {
  return { toolSpec: { name, inputSchema: { json: { type: 'object', properties: {} } } } }
}

function wrapChoice({ type, name }: JsonObject, { toolNames }: ConverseContext): JsonObject {
  if (type === 'any') return { toolChoice: { any: {} } }
  if (type === 'tool') return { toolChoice: { tool: { name: toolNames.of(String(name)) } } }
  return type === 'auto' ? { toolChoice: { auto: {} } } : {}
}

function remarkParallel({ warnings, field }: ConverseContext): void {
  warnings.dropped(field('parallelToolCalls'), 'This model decides itself how many tools it calls at once.')
}

function remarkCalled({ tools }: Conversation, { warnings, field }: ConverseContext): void {
  const what = tools.length > 0 ? field('toolChoice') : field('tools')
  warnings.changed(what, 'Tools that were called before cannot be withheld from this model.')
}
