import { exampleObject } from './example-value.ts'
import { type Members, membersOf } from './members.ts'
import type { OfferedTool, Prompt } from './prompt.ts'
import { type SandboxModel, sandboxModels } from './sandbox-models.ts'
import { fixedTokens, tokenize } from './tokens.ts'

/** The call of a tool. */
export interface ToolCall {
  readonly name: string
  /** Its arguments as JSON text, token by token. */
  readonly tokens: readonly string[]
  /** The same parsed; empty where the output limit cut the text. */
  readonly input: Members
}

/** What a model says, before a dialect puts it into its own words. */
export interface Reply {
  /** Text, token by token. */
  readonly tokens: readonly string[]
  readonly toolCall: ToolCall | undefined
  readonly finish: 'stop' | 'length' | 'tool'
  readonly inputTokens: number
  /** Text, tool name and tool arguments. */
  readonly outputTokens: number
  /** Breaks off behind `tokens`: the connection, or with an error that the stream itself reports. */
  readonly breaks: 'cut' | 'error' | undefined
}

/** Makes a model's reply, never longer than the client's and the model's own limit. */
export function replyTo(prompt: Prompt, model: SandboxModel): Reply {
  const limit = Math.min(
    prompt.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    sandboxModels[model].maxOutputTokens ?? 0,
  )
  if (model === 'tools' && prompt.tool && prompt.toolResult === undefined) {
    return toolReply(prompt.tool, prompt, limit)
  }
  const all = tokensOf(model, prompt)
  const tokens = all.slice(0, limit)
  return {
    tokens,
    toolCall: undefined,
    finish: tokens.length < all.length ? 'length' : 'stop',
    inputTokens: prompt.inputTokens,
    outputTokens: tokens.length,
    breaks: breakOf(model),
  }
}

function breakOf(model: SandboxModel): Reply['breaks'] {
  if (model === 'fail-cut') return 'cut'
  return model === 'fail-midstream' ? 'error' : undefined
}

function tokensOf(model: SandboxModel, prompt: Prompt): readonly string[] {
  switch (model) {
    case 'fixed-100':
      return fixedTokens(100)
    case 'fixed-1000':
      return fixedTokens(1000)
    case 'fail-cut':
    case 'fail-midstream':
      return fixedTokens(8)
    case 'tools':
      return tokenize(
        prompt.toolResult === undefined ? 'No tool is on offer.' : `The tool said: ${prompt.toolResult}`,
      )
    default:
      return tokenize(prompt.lastUserText)
  }
}

function toolReply(tool: OfferedTool, prompt: Prompt, limit: number): Reply {
  const input = exampleObject(membersOf(tool.schema))
  const all = tokenize(JSON.stringify(input))
  // The name is the first token of a call.
  const tokens = all.slice(0, Math.max(0, limit - 1))
  const whole = tokens.length === all.length
  return {
    tokens: [],
    toolCall: { name: tool.name, tokens, input: whole ? input : {} },
    finish: whole ? 'tool' : 'length',
    inputTokens: prompt.inputTokens,
    outputTokens: tokens.length + 1,
    breaks: undefined,
  }
}
