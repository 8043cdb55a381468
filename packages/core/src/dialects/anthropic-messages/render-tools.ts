import type { Conversation, FunctionTool, ServerTool, Tool, ToolChoice } from '../conversation.ts'
import { wrapCustomTool } from '../custom-tool.ts'
import type { JsonObject } from '../json.ts'
import { invalidMember } from '../members.ts'
import { withExtras } from './render-blocks.ts'
import type { RenderContext } from './render-context.ts'
import { sanitizeSchema } from './sanitize-schema.ts'
import { fitsStructuredOutputs } from './schema-fit.ts'

export interface RenderedTools {
  readonly tools: readonly JsonObject[]
  readonly choice?: JsonObject
  /** The model must call a tool. */
  readonly forced: boolean
}

/**
 * Tools and the choice among them.
 *
 * @param answerTool A tool whose arguments are the answer: it is offered last, and some tool must be called.
 */
export function renderTools(
  conversation: Conversation,
  context: RenderContext,
  answerTool: JsonObject | undefined,
): RenderedTools {
  const choice = supportedChoice(conversation, context)
  const offered = offeredTools(conversation.tools, choice, context)
  const tools = offered.map((tool) => renderTool(tool, context)).filter((tool) => tool !== undefined)
  if (answerTool !== undefined) return withAnswerTool(tools, answerTool, choice)
  if (tools.length === 0) return { tools, forced: false }
  return { tools, ...renderChoice(choice, conversation.parallelToolCalls) }
}

/** On models that cannot be forced a request to call becomes an offer, narrowed to the tool asked for. */
function supportedChoice(
  { toolChoice, tools }: Conversation,
  { facts, warnings, field }: RenderContext,
): ToolChoice | undefined {
  if (toolChoice?.type === 'tool' && !tools.some((tool) => isNamed(tool, toolChoice.name))) {
    throw invalidMember(field('toolChoice'), 'a tool that is in `tools`')
  }
  const forces =
    toolChoice && (toolChoice.type === 'required' || toolChoice.type === 'tool' || isForcedSubset(toolChoice))
  if (!forces || facts.forcedTool) return toolChoice
  warnings.changed(field('toolChoice'), 'This model cannot be forced to call a tool; it is left to decide.')
  if (toolChoice.type === 'tool') return { type: 'allowed', names: [toolChoice.name], mode: 'auto' }
  return toolChoice.type === 'allowed' ? { ...toolChoice, mode: 'auto' } : { type: 'auto' }
}

/** A tool of the provider's own is kept by its kind and has a name beside it. */
function isNamed(tool: Tool, name: string): boolean {
  return tool.name === name || (tool.type === 'server' && tool.value.name === name)
}

function isForcedSubset(choice: ToolChoice): boolean {
  return choice.type === 'allowed' && choice.mode === 'required'
}

/** What is another provider's own is not offered either, but the client is to hear of it. */
function offeredTools(
  tools: readonly Tool[],
  choice: ToolChoice | undefined,
  { isOwn }: RenderContext,
): readonly Tool[] {
  if (choice?.type !== 'allowed') return tools
  const isForeign = (tool: Tool) => tool.type === 'server' && !isOwn
  return tools.filter((tool) => isForeign(tool) || choice.names.some((name) => isNamed(tool, name)))
}

function renderChoice(
  choice: ToolChoice | undefined,
  parallel: boolean | undefined,
): Omit<RenderedTools, 'tools'> {
  const type = choiceType(choice)
  const forced = type === 'any' || type === 'tool'
  if (choice === undefined && parallel !== false) return { forced }
  const name = choice?.type === 'tool' ? { name: choice.name } : {}
  const serial = parallel === false && type !== 'none' ? { disable_parallel_tool_use: true } : {}
  return { choice: { type, ...name, ...serial }, forced }
}

function choiceType(choice: ToolChoice | undefined): 'auto' | 'any' | 'tool' | 'none' {
  switch (choice?.type) {
    case 'none':
    case 'tool':
      return choice.type
    case 'required':
      return 'any'
    case 'allowed':
      return choice.mode === 'required' ? 'any' : 'auto'
    default:
      return 'auto'
  }
}

/** The client's own tools stay on offer, unless it forbade them; one call is then the whole answer. */
function withAnswerTool(
  tools: readonly JsonObject[],
  answerTool: JsonObject,
  choice: ToolChoice | undefined,
): RenderedTools {
  const others = choice?.type === 'none' ? [] : tools
  const named = choice?.type === 'tool' ? choice.name : answerTool.name
  const type = others.length > 0 && choice?.type !== 'tool' ? { type: 'any' } : { type: 'tool', name: named }
  return {
    tools: [...others, answerTool],
    choice: { ...type, disable_parallel_tool_use: true },
    forced: true,
  }
}

function renderTool(tool: Tool, context: RenderContext): JsonObject | undefined {
  if (tool.type === 'function') return renderFunction(tool, context)
  if (tool.type === 'custom') return renderFunction(wrapCustomTool(tool), context)
  if (context.isOwn) return { ...tool.value, ...context.cacheControl(tool) }
  return dropServerTool(tool, context)
}

function dropServerTool({ name, path }: ServerTool, { warnings }: RenderContext): undefined {
  warnings.dropped(path, `The provider's own tool "${name}" is not available on this model.`)
}

function renderFunction(tool: FunctionTool, context: RenderContext): JsonObject {
  const { name, description, parameters } = tool
  const schema = { ...(parameters ?? { properties: {} }), type: 'object' }
  const strict = isStrict(tool, schema, context)
  const rendered = {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: strict && !context.isOwn ? sanitizeSchema(schema) : schema,
    ...(strict ? { strict } : {}),
    ...context.cacheControl(tool),
  }
  return withExtras(rendered, tool, context)
}

function isStrict(tool: FunctionTool, schema: JsonObject, context: RenderContext): boolean {
  const { facts, warnings, isOwn } = context
  if (!tool.strict) return false
  if (facts.structuredOutputs && (isOwn || fitsStructuredOutputs(schema))) return true
  warnings.changed(`${tool.path}.strict`, 'This model cannot enforce the schema of a strict tool.')
  return false
}
