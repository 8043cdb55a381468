import type { FinishReason } from '../delta.ts'

/** Why an answer ended, and what to say where nothing was answered. */
interface Ending {
  readonly reason: FinishReason
  readonly refusal?: string
}

const endings: ReadonlyMap<unknown, Ending> = new Map([
  ['max_tokens', { reason: 'length' }],
  ['model_context_window_exceeded', { reason: 'length' }],
  ['tool_use', { reason: 'tool-calls' }],
  ['guardrail_intervened', { reason: 'content-filter', refusal: 'A guardrail of the provider intervened.' }],
  ['content_filtered', { reason: 'content-filter', refusal: 'The answer was filtered by the provider.' }],
  [
    'malformed_tool_use',
    { reason: 'content-filter', refusal: 'The model wrote a tool call that cannot be read.' },
  ],
  [
    'malformed_model_output',
    { reason: 'content-filter', refusal: 'The model wrote an answer that cannot be read.' },
  ],
  ['refusal', { reason: 'content-filter' }],
])

export function endingOf(stopReason: unknown): Ending {
  return endings.get(stopReason) ?? { reason: 'stop' }
}
