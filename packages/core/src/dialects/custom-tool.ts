import type { CustomTool, FunctionTool, Tool, ToolCallPart } from './conversation.ts'

/**
 * A tool that takes free text as a function with one member, `input`, for APIs that know functions alone. The answer
 * is to be unwrapped again: see `AnswerFilters.customTools`.
 */
export function wrapCustomTool({ name, description, format, path, cache }: CustomTool): FunctionTool {
  // What binds the text cannot be enforced here, so that the model is at least told of it.
  const grammar =
    format?.type === 'grammar' ? `The input must follow this grammar:\n${format.definition}` : ''
  const told = [description, grammar].filter(Boolean).join('\n\n')
  return {
    type: 'function',
    name,
    ...(told === '' ? {} : { description: told }),
    parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
    path,
    ...(cache === undefined ? {} : { cache }),
  }
}

/** The arguments of an earlier call as JSON text, also of a tool that takes free text. */
export function wrappedArguments({ custom, arguments: text }: ToolCallPart): string {
  return custom ? JSON.stringify({ input: text }) : text
}

/** For `AnswerFilters.customTools`; undefined where there are none. */
export function customToolNames(tools: readonly Tool[]): ReadonlySet<string> | undefined {
  const names = tools.filter(({ type }) => type === 'custom').map(({ name }) => name)
  return names.length === 0 ? undefined : new Set(names)
}
