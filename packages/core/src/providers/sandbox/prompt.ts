import { elementsOf, type Members, membersOf } from './members.ts'
import { countTokens } from './tokens.ts'

/** A function tool on offer, whatever dialect offered it. */
export interface OfferedTool {
  readonly name: string
  /** JSON Schema of its arguments. */
  readonly schema: unknown
}

/** What the sandbox reads of a request, the same for every dialect. */
export interface Prompt {
  /**
   * Tokens of all text in the conversation: instructions, messages and tool results. Tools, images and
   * earlier tool calls count nothing.
   */
  readonly inputTokens: number
  readonly lastUserText: string
  /** The newest tool result, where there is one. */
  readonly toolResult: string | undefined
  /** The first function tool, unless the client forbids calls. */
  readonly tool: OfferedTool | undefined
  /** The client's own limit. */
  readonly maxOutputTokens: number | undefined
}

/** Reads a Chat Completions, Responses or Messages body. */
export function readPrompt(body: Members): Prompt {
  const turns = turnsOf(body)
  const texts = [textOf(body.system), textOf(body.instructions), ...turns.map(textOf)]
  return {
    inputTokens: texts.reduce((sum, text) => sum + countTokens(text), 0),
    lastUserText: turns.map(userTextOf).findLast((text) => text !== '') ?? '',
    toolResult: turns.flatMap(toolResultsOf).at(-1),
    tool: firstTool(body),
    maxOutputTokens: [body.max_completion_tokens, body.max_tokens, body.max_output_tokens].find(isCount),
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0
}

function turnsOf(body: Members): readonly Members[] {
  if (typeof body.input === 'string') return [{ role: 'user', content: body.input }]
  return elementsOf(body.messages ?? body.input).map(membersOf)
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join('\n')
  const { text, content, output } = membersOf(value)
  const inner = text ?? content ?? output
  return inner === undefined ? '' : textOf(inner)
}

const isToolResult = (part: unknown) => membersOf(part).type === 'tool_result'

function userTextOf(turn: Members): string {
  if (turn.role !== 'user') return ''
  if (!Array.isArray(turn.content)) return textOf(turn.content)
  return textOf(turn.content.filter((part) => !isToolResult(part)))
}

function toolResultsOf(turn: Members): readonly string[] {
  if (turn.role === 'tool' || turn.type === 'function_call_output') return [textOf(turn)]
  return elementsOf(turn.content).filter(isToolResult).map(textOf)
}

function firstTool(body: Members): OfferedTool | undefined {
  const { tool_choice: choice } = body
  if (choice === 'none' || membersOf(choice).type === 'none') return undefined
  for (const element of elementsOf(body.tools).map(membersOf)) {
    const { name, parameters, input_schema: inputSchema } = { ...element, ...membersOf(element.function) }
    const isFunction = element.type === 'function' || inputSchema !== undefined
    if (isFunction && typeof name === 'string') return { name, schema: inputSchema ?? parameters }
  }
  return undefined
}
