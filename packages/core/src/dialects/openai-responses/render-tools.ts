import type { CustomTool, FunctionTool, ServerTool, Tool } from '../conversation.ts'
import { wrapCustomTool } from '../custom-tool.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { isStrictSchema } from '../openai-chat/strict-schema.ts'
import type { RenderContext } from './render-context.ts'

/** The tools on offer, those of namespaces inside of theirs again. */
export function renderTools(context: RenderContext): readonly JsonObject[] {
  const rendered: JsonObject[] = []
  const spaces = new Map<unknown, JsonObject[]>()
  for (const tool of offeredTools(context)) {
    const space = context.isOwn && isJsonObject(tool.extras?.namespace) ? tool.extras.namespace : undefined
    const value = renderTool(tool, space, context)
    if (value === undefined) continue
    if (space === undefined) rendered.push(value)
    else {
      const tools = spaces.get(space.name)
      if (tools === undefined) {
        const first = [value]
        spaces.set(space.name, first)
        rendered.push({ ...space, type: 'namespace', tools: first })
      } else tools.push(value)
    }
  }
  return rendered
}

/** Where a choice among some of the tools is not known the others are not offered. */
function offeredTools({ conversation, knowsCustomTools }: RenderContext): readonly Tool[] {
  const { tools, toolChoice } = conversation
  if (toolChoice?.type !== 'allowed' || knowsCustomTools) return tools
  return tools.filter(({ name, type }) => type === 'server' || toolChoice.names.includes(name))
}

function renderTool(
  tool: Tool,
  space: JsonObject | undefined,
  context: RenderContext,
): JsonObject | undefined {
  if (tool.type === 'server') return context.isOwn ? tool.value : dropServerTool(tool, context)
  const name = toolName(tool.name, space, context)
  if (tool.type === 'function') return renderFunction(tool, name, context)
  return context.knowsCustomTools
    ? renderCustom(tool, name, context)
    : renderFunction(wrapCustomTool(tool), name, context)
}

function dropServerTool({ name, path }: ServerTool, { warnings }: RenderContext): undefined {
  warnings.dropped(path, `The provider's own tool "${name}" is not available on this model.`)
}

function toolName(name: string, space: JsonObject | undefined, { isOwn, toolNames }: RenderContext): string {
  if (!isOwn) return toolNames.of(name)
  return space === undefined ? name : name.slice(`${space.name}__`.length)
}

function renderCustom(tool: CustomTool, name: string, context: RenderContext): JsonObject {
  const { description, format } = tool
  return {
    ...ownExtras(tool, context),
    type: 'custom',
    name,
    ...(description === undefined ? {} : { description }),
    ...(format === undefined ? {} : { format }),
  }
}

function renderFunction(tool: FunctionTool, name: string, context: RenderContext): JsonObject {
  const { description, parameters } = tool
  const schema = context.isOwn ? (parameters ?? null) : { properties: {}, ...parameters, type: 'object' }
  const strict = context.isOwn ? tool.strict : isStrict(tool, schema, context)
  return {
    ...ownExtras(tool, context),
    type: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    parameters: schema,
    ...(strict === undefined ? {} : { strict }),
  }
}

/** Said in any case: a function that says nothing is strict here, and its schema is bent until it fits. */
function isStrict(
  { strict, path }: FunctionTool,
  schema: unknown,
  { warnings, target }: RenderContext,
): boolean {
  if (!strict) return false
  if (target.traits.strictSchemas && isStrictSchema(schema)) return true
  warnings.changed(`${path}.strict`, 'This model cannot enforce the schema of a strict tool.')
  return false
}

function ownExtras({ extras }: Tool, { isOwn }: RenderContext): JsonObject {
  if (!isOwn || extras === undefined) return {}
  const { namespace: _, ...own } = extras
  return own
}
