import { GatewayError } from '../../errors/gateway-error.ts'
import type { Conversation, Message, Part, ToolCallPart, ToolResultPart } from '../conversation.ts'
import { wrappedArguments } from '../custom-tool.ts'
import type { JsonObject } from '../json.ts'
import { parseArguments } from './arguments.ts'
import { type BlockPart, renderMedia, renderPart, renderText, withExtras } from './render-blocks.ts'
import type { RenderContext } from './render-context.ts'
import { createToolIds } from './tool-ids.ts'

export interface RenderedMessages {
  readonly system: readonly JsonObject[]
  readonly messages: readonly JsonObject[]
  /** Some instructions stayed where they were, within the messages. */
  readonly systemInPlace: boolean
}

/**
 * Neighbours of one role are one turn. Results lead a user's turn and calls close an assistant's. A conversation of
 * this dialect keeps its own messages and their order.
 */
interface Turn {
  readonly role: 'user' | 'assistant' | 'system'
  /** Of its first message. */
  readonly path: string
  readonly results: JsonObject[]
  readonly blocks: JsonObject[]
  readonly calls: JsonObject[]
}

/**
 * The conversation as turns that the API takes: every tool result in the one user message behind the
 * assistant message that called.
 *
 * @throws GatewayError `invalid_request` for a result without its call, or a call without its result.
 */
export function renderMessages(conversation: Conversation, context: RenderContext): RenderedMessages {
  const system: JsonObject[] = []
  const turns: Turn[] = []
  const toolIds = createToolIds()
  /** Calls of the latest assistant turn that have no result yet, by the client's id. */
  const open = new Map<string, string>()

  function turnOf(role: Turn['role'], path: string): Turn {
    const last = turns.at(-1)
    if (last?.role === role && (!context.isOwn || last.path === path)) return last
    if (role === 'assistant' && last?.role !== role) requireResults(open)
    const blocks: JsonObject[] = []
    const apart = () => (context.isOwn ? blocks : [])
    const turn: Turn = { role, path, results: apart(), blocks, calls: apart() }
    turns.push(turn)
    return turn
  }

  function addSystem(message: Message): void {
    const blocks = message.parts
      .map((part) => (isBlock(part) ? renderPart(part, context) : undefined))
      .filter((block) => block !== undefined)
    if (turns.length > 0 && blocks.length > 0 && context.facts.systemInPlace && open.size === 0) {
      turnOf('system', message.path).blocks.push(...blocks)
      return
    }
    if (turns.length > 0) {
      context.warnings.changed(message.path, 'Later instructions are moved in front of the conversation.')
    }
    system.push(...blocks)
  }

  function addPart(part: Part, { role, path }: Message): void {
    const speaker = role === 'assistant' ? role : 'user'
    if (part.type === 'tool-call') {
      const call = renderCall(part, toolIds(part.id), context)
      turnOf(speaker, path).calls.push(call)
      open.set(part.id, part.path)
    } else if (part.type === 'tool-result') {
      if (!open.delete(part.callId)) throw orphan(part)
      turnOf('user', path).results.push(renderResult(part, toolIds(part.callId), context))
    } else {
      const block = renderPart(part, context)
      if (block !== undefined) turnOf(speaker, path).blocks.push(block)
    }
  }

  for (const message of conversation.messages) {
    if (message.role === 'system') addSystem(message)
    else for (const part of message.parts) addPart(part, message)
  }
  requireResults(open)
  if (turns.length === 0) throw invalid('messages', 'There must be at least one message with content.')
  trimPrefill(turns.at(-1))
  return {
    system,
    messages: turns.map((turn) => ({ role: turn.role, content: contentOf(turn) })),
    systemInPlace: turns.some(({ role }) => role === 'system'),
  }
}

/** Of a conversation of this dialect the three are one list. */
function contentOf({ results, blocks, calls }: Turn): readonly JsonObject[] {
  return results === blocks ? blocks : [...results, ...blocks, ...calls]
}

function isBlock(part: Part): part is BlockPart {
  return part.type !== 'tool-call' && part.type !== 'tool-result'
}

function renderCall(part: ToolCallPart, id: string, context: RenderContext): JsonObject {
  const input = parseArguments(wrappedArguments(part))
  const block = { type: 'tool_use', id, name: part.name, input, ...context.cacheControl(part) }
  return withExtras(block, part, context)
}

function renderResult(part: ToolResultPart, id: string, context: RenderContext): JsonObject {
  const blocks = part.parts
    .map((item) => (item.type === 'text' ? renderText(item, context) : renderMedia(item, context)))
    .filter((block) => block !== undefined)
  const [only] = part.parts
  const plain = part.parts.length === 1 && only?.type === 'text' && only.cache === undefined && !only.extras
  const content = blocks.length === 0 ? {} : { content: plain ? only.text : blocks }
  const failed = part.isError === undefined ? {} : { is_error: part.isError }
  const block = { type: 'tool_result', tool_use_id: id, ...content, ...failed, ...context.cacheControl(part) }
  return withExtras(block, part, context)
}

function requireResults(open: ReadonlyMap<string, string>): void {
  for (const [id, path] of open) {
    throw invalid(path, `The tool call "${id}" has no result: a message of role \`tool\` must follow it.`)
  }
}

function orphan(part: ToolResultPart): GatewayError {
  return invalid(part.path, `The tool result for "${part.callId}" has no tool call before it.`)
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError({ code: 'invalid_request', message, param })
}

/** A last assistant turn is a beginning for the model to go on from; trailing space in it is refused. */
function trimPrefill(turn: Turn | undefined): void {
  const last = turn?.blocks.at(-1)
  if (turn?.role !== 'assistant' || last?.type !== 'text' || contentOf(turn).at(-1) !== last) return
  turn.blocks.splice(-1, 1, { ...last, text: String(last.text).trimEnd() })
}
