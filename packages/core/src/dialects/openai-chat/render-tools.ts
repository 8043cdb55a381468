import type { CustomTool, FunctionTool, Tool, ToolChoice } from '../conversation.ts'
import { wrapCustomTool } from '../custom-tool.ts'
import type { JsonObject } from '../json.ts'
import { invalidMember } from '../members.ts'
import type { RenderContext } from './render-context.ts'
import { isStrictSchema } from './strict-schema.ts'

/** `tools`, `tool_choice` and `parallel_tool_calls`, none of them where there are no tools. */
export function renderTools(context: RenderContext): JsonObject {
  const { toolChoice: choice, tools, parallelToolCalls } = context.conversation
  const offered = offeredTools(tools, choice, context)
  const rendered = offered.map((tool) => renderTool(tool, context)).filter((tool) => tool !== undefined)
  const isDeclared = choice?.type !== 'tool' || tools.some(({ name }) => name === choice.name)
  if (!isDeclared) throw invalidMember(context.field('toolChoice'), 'a tool that is in `tools`')
  if (rendered.length === 0) return {}
  return {
    tools: rendered,
    ...(choice === undefined ? {} : renderChoice(choice, context)),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
  }
}

/**
 * Only OpenAI knows a choice among some of the tools; elsewhere the others are not offered. Another provider's own
 * stay, so that the client hears of them.
 */
function offeredTools(
  tools: readonly Tool[],
  choice: ToolChoice | undefined,
  { isOpenAi, isOwn }: RenderContext,
): readonly Tool[] {
  if (choice?.type !== 'allowed' || isOpenAi || isOwn) return tools
  return tools.filter(({ name, type }) => type === 'server' || choice.names.includes(name))
}

function renderTool(tool: Tool, context: RenderContext): JsonObject | undefined {
  const { isOpenAi, isOwn, warnings } = context
  switch (tool.type) {
    case 'function':
      return renderFunction(tool, context)
    case 'custom':
      return isOpenAi || isOwn ? renderCustom(tool, context) : renderFunction(wrapCustomTool(tool), context)
    case 'server':
      if (isOwn) return tool.value
      warnings.dropped(tool.path, `The provider's own tool "${tool.name}" is not available on this model.`)
  }
}

function renderFunction(tool: FunctionTool, context: RenderContext): JsonObject {
  const { name, description, parameters, cache, extras } = tool
  const definition = {
    name: context.toolNames.of(name),
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters: { type: 'object', ...parameters } }),
    ...renderStrict(tool, context),
  }
  if (!context.isOwn) return { type: 'function', function: definition }
  // Marks behind tools are a convention of clients for Anthropic's models, which OpenAI's API does not know.
  const mark = context.isOpenAi ? {} : context.cacheMark(cache)
  return { ...extras, type: 'function', function: definition, ...mark }
}

function renderStrict(tool: FunctionTool, context: RenderContext): JsonObject {
  if (tool.strict === undefined) return {}
  if (context.isOwn) return { strict: tool.strict }
  return isEnforced({ ...tool, field: `${tool.path}.strict`, subject: 'this tool' }, context)
    ? { strict: true }
    : {}
}

/** What a schema is for. */
interface EnforcedSchema {
  readonly field: string
  readonly subject: 'this tool' | 'the answer'
}

/** A schema that does not keep OpenAI's rules would be refused, and to bend it would change what it means. */
export function isEnforced(
  { strict, parameters, field, subject }: Pick<FunctionTool, 'strict' | 'parameters'> & EnforcedSchema,
  { target, warnings }: RenderContext,
): boolean {
  if (!strict) return false
  if (target.traits.strictSchemas && isStrictSchema(parameters)) return true
  warnings.changed(
    field,
    `The schema of ${subject} is told to the model, but this provider does not enforce it.`,
  )
  return false
}

function renderCustom(tool: CustomTool, { toolNames, isOwn }: RenderContext): JsonObject {
  const { name, description, format, extras } = tool
  const custom = {
    name: toolNames.of(name),
    ...(description === undefined ? {} : { description }),
    ...(format === undefined ? {} : { format: renderFormat(format) }),
  }
  return { ...(isOwn && extras), type: 'custom', custom }
}

/** The hub has it in the words of Responses, where the grammar's members stand beside its type. */
function renderFormat(format: JsonObject): JsonObject {
  const { type, ...grammar } = format
  return type === 'grammar' ? { type, grammar } : format
}

function renderChoice(choice: ToolChoice, context: RenderContext): JsonObject {
  switch (choice.type) {
    case 'tool':
      return renderNamedChoice(choice.name, context)
    case 'allowed':
      return { tool_choice: renderAllowed(choice, context) }
    default:
      return { tool_choice: choice.type }
  }
}

function renderNamedChoice(name: string, context: RenderContext): JsonObject {
  const tool = context.conversation.tools.find((candidate) => candidate.name === name)
  if (tool?.type === 'server') {
    context.warnings.changed(context.field('toolChoice'), `The model is left to decide without "${name}".`)
    return {}
  }
  return { tool_choice: reference(name, context) }
}

function renderAllowed(
  { names, mode }: Extract<ToolChoice, { type: 'allowed' }>,
  context: RenderContext,
): unknown {
  if (!context.isOpenAi && !context.isOwn) return mode
  const tools = names.map((name) => reference(name, context))
  return { type: 'allowed_tools', allowed_tools: { mode, tools } }
}

function reference(name: string, { conversation, toolNames, isOpenAi, isOwn }: RenderContext): JsonObject {
  const tool = conversation.tools.find((candidate) => candidate.name === name)
  const type = tool?.type === 'custom' && (isOpenAi || isOwn) ? 'custom' : 'function'
  return { type, [type]: { name: toolNames.of(name) } }
}
