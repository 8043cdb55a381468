import type { Conversation } from '../conversation.ts'
import { fieldName } from '../field-names.ts'
import type { Warnings } from '../warnings.ts'
import type { GeminiModelFacts } from './model-facts.ts'
import type { ToolNames } from './tool-names.ts'

/** What the parts of one rendering share. */
export interface RenderContext {
  readonly facts: GeminiModelFacts
  readonly warnings: Warnings
  readonly names: ToolNames
  /** The conversation was written in this dialect, so that what only this one knows can go back as it came. */
  readonly isOwn: boolean
  /** The client's own name of a field. */
  field(name: Parameters<typeof fieldName>[1]): string
}

export function createRenderContext(
  { dialect }: Conversation,
  shared: Pick<RenderContext, 'facts' | 'warnings' | 'names'>,
): RenderContext {
  return {
    ...shared,
    isOwn: dialect === 'google-gemini',
    field: (name) => fieldName(dialect, name),
  }
}
