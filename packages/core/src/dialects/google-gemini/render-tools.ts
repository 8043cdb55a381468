import type { Conversation, FunctionTool, ToolChoice } from '../conversation.ts'
import { wrapCustomTool } from '../custom-tool.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { invalidMember } from '../members.ts'
import type { RenderContext } from './render-context.ts'

export interface RenderedTools {
  readonly tools: readonly JsonObject[]
  /** `toolConfig.functionCallingConfig`. */
  readonly calling?: JsonObject
}

/** Tools and the choice among them: functions in one entry, each tool of Google's in one of its own. */
export function renderTools(conversation: Conversation, context: RenderContext): RenderedTools {
  const { tools, toolChoice, parallelToolCalls } = conversation
  const functions: FunctionTool[] = []
  const others: JsonObject[] = []
  for (const tool of tools) {
    if (tool.type === 'function') functions.push(tool)
    else if (tool.type === 'custom') functions.push(wrapCustomTool(tool))
    else if (context.isOwn) others.push(tool.value)
    else
      context.warnings.dropped(
        tool.path,
        `The provider's own tool "${tool.name}" is not available on this model.`,
      )
  }
  const mayCall = functions.length > 0 && toolChoice?.type !== 'none'
  if (parallelToolCalls === false && mayCall)
    context.warnings.dropped(context.field('parallelToolCalls'), 'This model may call several tools at once.')
  if (functions.length === 0) return { tools: others }
  const functionDeclarations = functions.map((tool) => renderFunction(tool, context))
  const calling = renderChoice(toolChoice, functions, context)
  return { tools: [{ functionDeclarations }, ...others], ...(calling === undefined ? {} : { calling }) }
}

function renderFunction(tool: FunctionTool, context: RenderContext): JsonObject {
  const { name, description, parameters, extras } = tool
  return {
    ...(context.isOwn ? extras : {}),
    name: context.names.of(name),
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined || takesNothing(parameters) ? {} : { parametersJsonSchema: parameters }),
  }
}

/** An object without properties is refused, and says the same as no schema. */
function takesNothing({ type, properties, ...others }: JsonObject): boolean {
  const isEmpty =
    properties === undefined || (isJsonObject(properties) && Object.keys(properties).length === 0)
  const { additionalProperties = false, required: _required, $schema: _dialect, ...rest } = others
  return isEmpty && additionalProperties === false && Object.keys(rest).length === 0
}

/** `VALIDATED` leaves the choice to the model and holds what it calls to the schemas, or to some names. */
function renderChoice(
  choice: ToolChoice | undefined,
  functions: readonly FunctionTool[],
  context: RenderContext,
): JsonObject | undefined {
  const free = functions.some(({ strict }) => strict) ? 'VALIDATED' : undefined
  switch (choice?.type) {
    case undefined:
      return free === undefined ? undefined : { mode: free }
    case 'auto':
      return { mode: free ?? 'AUTO' }
    case 'none':
      return { mode: 'NONE' }
    case 'required':
      return { mode: 'ANY' }
    case 'tool':
      if (!functions.some(({ name }) => name === choice.name))
        throw invalidMember(context.field('toolChoice'), 'a tool that is in `tools`')
      return { mode: 'ANY', allowedFunctionNames: [context.names.of(choice.name)] }
    case 'allowed':
      return {
        mode: choice.mode === 'required' ? 'ANY' : 'VALIDATED',
        allowedFunctionNames: choice.names.map((name) => context.names.of(name)),
      }
  }
}
