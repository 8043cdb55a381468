import type { Tool } from '../conversation.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { invalidMember } from '../members.ts'
import type { RenderContext } from './render-context.ts'

/** `tool_choice` and `parallel_tool_calls`: without tools they are refused or mean nothing. */
export function renderToolChoice(tools: readonly JsonObject[], context: RenderContext): JsonObject {
  if (tools.length === 0) return {}
  const { parallelToolCalls } = context.conversation
  const choice = choiceOf(context)
  return {
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
  }
}

function choiceOf(context: RenderContext): unknown {
  const { toolChoice } = context.conversation
  if (toolChoice === undefined) return undefined
  switch (toolChoice.type) {
    case 'tool':
      return referTo(toolChoice.name, context)
    case 'allowed': {
      if (!context.knowsCustomTools) return toolChoice.mode
      const tools = toolChoice.names.map((name) => referTo(name, context))
      return { type: 'allowed_tools', mode: toolChoice.mode, tools }
    }
    default:
      return toolChoice.type
  }
}

/** Tools that the provider runs itself are named by their type. */
function referTo(name: string, context: RenderContext): JsonObject {
  const tool = context.conversation.tools.find((candidate) => candidate.name === name)
  if (tool?.type === 'server' && context.isOwn) return { type: name }
  if (tool === undefined && !context.isOwn)
    throw invalidMember(context.field('toolChoice'), 'a tool that is in `tools`')
  const isCustom = tool?.type === 'custom' && context.knowsCustomTools
  return { type: isCustom ? 'custom' : 'function', name: nameOf(name, tool, context) }
}

/** A tool of a namespace is chosen by its own name alone. */
function nameOf(name: string, tool: Tool | undefined, { isOwn, toolNames }: RenderContext): string {
  if (!isOwn) return toolNames.of(name)
  const space = tool?.extras?.namespace
  return isJsonObject(space) ? name.slice(`${space.name}__`.length) : name
}
