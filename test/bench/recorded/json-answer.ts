import { tokens } from './answer-facts.ts'

/** As Chat Completions reports it. */
export const chatUsage = {
  prompt_tokens: tokens.input,
  completion_tokens: tokens.output,
  total_tokens: tokens.input + tokens.output,
  prompt_tokens_details: { cached_tokens: tokens.cached, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
}

/** What every object of one answer repeats. */
export const shared = {
  id: 'chatcmpl-CqNPnG4bVxS1Xo7LdgHsQ2t8kRcYw',
  created: 1_764_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  service_tier: 'default',
  system_fingerprint: 'fp_560af6e559',
}

/** A whole answer, as recorded from OpenAI's Chat Completions, about 600 bytes. */
export const jsonAnswer = Buffer.from(
  JSON.stringify({
    ...shared,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'Keep the change small, name what it does, and let the test say what must stay true.',
          refusal: null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: chatUsage,
  }),
)
