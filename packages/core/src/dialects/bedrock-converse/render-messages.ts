import { GatewayError } from '../../errors/gateway-error.ts'
import { createToolIds } from '../anthropic-messages/tool-ids.ts'
import { withoutAttribution } from '../attribution.ts'
import type { Conversation, Message, Part, ToolResultPart } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { renderCall, renderPart, renderResult } from './render-blocks.ts'
import type { ConverseContext } from './render-context.ts'

export interface RenderedMessages {
  readonly system: readonly JsonObject[]
  readonly messages: readonly JsonObject[]
  /** Names of the tools that were called on the way. */
  readonly called: ReadonlySet<string>
}

/** Neighbours of one role are one turn. Results lead a user's turn and calls close an assistant's. */
interface Turn {
  readonly role: 'user' | 'assistant'
  readonly results: JsonObject[]
  readonly blocks: JsonObject[]
  readonly calls: JsonObject[]
}

/**
 * The conversation as turns that the API takes: every tool result in the one user message behind the assistant
 * message that called.
 *
 * @throws GatewayError `invalid_request` for a result without its call, or a call without its result.
 */
export function renderMessages(conversation: Conversation, context: ConverseContext): RenderedMessages {
  const system: JsonObject[] = []
  const turns: Turn[] = []
  const called = new Set<string>()
  const toolIds = createShortIds()
  /** Calls of the latest assistant turn that have no result yet, by the client's id. */
  const open = new Map<string, string>()

  function turnOf(role: Turn['role']): Turn {
    const last = turns.at(-1)
    if (last?.role === role) return last
    if (role === 'assistant') requireResults(open)
    const turn: Turn = { role, results: [], blocks: [], calls: [] }
    turns.push(turn)
    return turn
  }

  function addSystem({ parts, path }: Message): void {
    for (const part of withoutAttribution(parts)) if (isBlock(part)) system.push(...renderPart(part, context))
    if (turns.length > 0) context.warnings.changed(path, moved)
  }

  function addPart(role: Turn['role'], part: Part): void {
    if (part.type === 'tool-call') {
      turnOf(role).calls.push(...renderCall(part, toolIds(part.id), context))
      open.set(part.id, part.path)
      called.add(part.name)
    } else if (part.type === 'tool-result') {
      if (!open.delete(part.callId)) throw orphan(part)
      turnOf('user').results.push(...renderResult(part, toolIds(part.callId), context))
    } else {
      const blocks = renderPart(part, context)
      if (blocks.length > 0) turnOf(role).blocks.push(...blocks)
    }
  }

  for (const message of conversation.messages) {
    if (message.role === 'system') addSystem(message)
    else for (const part of message.parts) addPart(message.role === 'assistant' ? 'assistant' : 'user', part)
  }
  requireResults(open)
  if (turns.length === 0) throw invalid('messages', 'There must be at least one message with content.')
  trimPrefill(turns.at(-1))
  const messages = turns.map((turn) => ({ role: turn.role, content: contentOf(turn) }))
  return { system, messages, called }
}

const moved = 'Later instructions are moved in front of the conversation.'

function isBlock(part: Part): part is Parameters<typeof renderPart>[0] {
  return part.type !== 'tool-call' && part.type !== 'tool-result'
}

/** A document without a word beside it is refused. */
function contentOf({ results, blocks, calls }: Turn): readonly JsonObject[] {
  const isMute = blocks.some((block) => 'document' in block) && !blocks.some((block) => 'text' in block)
  return [...results, ...(isMute ? [{ text: 'See the document.' }] : []), ...blocks, ...calls]
}

const longestId = 64

/** The API's ids of calls are short, and some clients' are not. */
function createShortIds(): (id: string) => string {
  const toolIds = createToolIds()
  const short = new Map<string, string>()
  return (id) => {
    const name = toolIds(id)
    if (name.length <= longestId) return name
    const known = short.get(id) ?? `${name.slice(0, 50)}_${short.size + 1}`
    short.set(id, known)
    return known
  }
}

function requireResults(open: ReadonlyMap<string, string>): void {
  for (const [id, path] of open) {
    throw invalid(path, `The tool call "${id}" has no result: it must follow in the next message.`)
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
  if (turn?.role !== 'assistant' || turn.calls.length > 0 || typeof last?.text !== 'string') return
  turn.blocks.splice(-1, 1, { text: last.text.trimEnd() })
}
