import type { Part } from './conversation.ts'

/** Claude Code's own mark on each request, which says nothing to a model and breaks every cached prompt. */
const attribution = 'x-anthropic-billing-header:'

/** Instructions as a provider that is not Anthropic shall see them. */
export function withoutAttribution<Instruction extends Part>(
  parts: readonly Instruction[],
): readonly Instruction[] {
  return parts.filter((part) => part.type !== 'text' || !part.text.startsWith(attribution))
}
