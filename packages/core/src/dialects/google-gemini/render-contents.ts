import { GatewayError } from '../../errors/gateway-error.ts'
import { withoutAttribution } from '../attribution.ts'
import type { Conversation, Message, Part, ToolCallPart, ToolResultPart } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { signCalls } from './missing-signatures.ts'
import { renderCall, renderResult } from './render-calls.ts'
import type { RenderContext } from './render-context.ts'
import { renderPart } from './render-part.ts'

export interface RenderedContents {
  readonly system: readonly JsonObject[]
  readonly contents: readonly JsonObject[]
}

/** Neighbours of one role are one turn, in which results come first. */
export interface Turn {
  readonly role: 'user' | 'model'
  /** Each with the place of its call among the calls of the turn before. */
  readonly results: { readonly order: number; readonly part: JsonObject }[]
  readonly parts: JsonObject[]
}

/**
 * The conversation as turns that the API takes: all results of a model's turn in the one user turn behind it, in the
 * order of their calls.
 *
 * @throws GatewayError `invalid_request` for a result without its call, or a call without its result.
 */
export function renderContents(conversation: Conversation, context: RenderContext): RenderedContents {
  const system: JsonObject[] = []
  const turns: Turn[] = []
  /** Calls of the latest model turn that have no result yet, by the client's id. */
  const open = new Map<string, { readonly part: ToolCallPart; readonly order: number }>()

  function turnOf(role: Turn['role']): Turn {
    const last = turns.at(-1)
    if (last?.role === role) return last
    if (role === 'model') requireResults()
    const turn: Turn = { role, results: [], parts: [] }
    turns.push(turn)
    return turn
  }

  function requireResults(): void {
    const [missing] = open.values()
    open.clear()
    if (missing === undefined || context.isOwn) return
    const { id, path } = missing.part
    throw invalid(path, `The tool call "${id}" has no result: one must follow it.`)
  }

  function addSystem({ parts, path }: Message): void {
    if (turns.length > 0)
      context.warnings.changed(path, 'Later instructions are moved in front of the conversation.')
    for (const part of withoutAttribution(parts)) {
      const rendered = renderPart(part, context)
      if (rendered !== undefined) system.push(rendered)
    }
  }

  function addResult(part: ToolResultPart): void {
    const call = open.get(part.callId)
    open.delete(part.callId)
    if (call === undefined && !context.isOwn)
      throw invalid(part.path, `The tool result for "${part.callId}" has no tool call before it.`)
    const { part: result, beside } = renderResult(part, call?.part, context)
    const turn = turnOf('user')
    turn.results.push({ order: call?.order ?? turn.results.length, part: result })
    turn.parts.push(...beside)
  }

  function addCall(part: ToolCallPart): void {
    turnOf('model').parts.push(renderCall(part, context))
    open.set(part.id, { part, order: open.size })
  }

  function addPart(role: Turn['role'], part: Part): void {
    if (part.type === 'tool-result') addResult(part)
    else if (part.type === 'tool-call') addCall(part)
    else {
      const rendered = renderPart(part, context)
      if (rendered !== undefined) turnOf(role).parts.push(rendered)
    }
  }

  for (const message of conversation.messages) {
    if (message.role === 'system') addSystem(message)
    else for (const part of message.parts) addPart(message.role === 'assistant' ? 'model' : 'user', part)
  }
  requireResults()
  if (turns.length === 0)
    throw invalid(context.field('messages'), 'There must be at least one message with content.')
  if (context.facts.signedCalls) signCalls(turns, context)
  return { system, contents: turns.map(contentOf) }
}

function contentOf({ role, results, parts }: Turn): JsonObject {
  const inOrder = results.toSorted((one, other) => one.order - other.order).map(({ part }) => part)
  return { role, parts: [...inOrder, ...parts] }
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError({ code: 'invalid_request', message, param })
}
