/** The answers of a provider, as recorded from OpenAI's Chat Completions, and what they cost. */

const usage = {
  prompt_tokens: 1117,
  completion_tokens: 46,
  total_tokens: 1163,
  prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
}

/**
 * Nano-dollars of that usage by hand: gpt-4o-mini costs 150 a fresh input token, 75 a cached one and 600 an
 * output token; the default fee is 50 on each of the 1,163 tokens. (93·150 + 1024·75 + 46·600 + 1163·50)
 */
export const answerCost = 176_500n

const shared = {
  id: 'chatcmpl-CqNPnG4bVxS1Xo7LdgHsQ2t8kRcYw',
  created: 1_764_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  service_tier: 'default',
  system_fingerprint: 'fp_560af6e559',
}

/** A whole answer, about 600 bytes. */
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
    usage,
  }),
)

function frame(rest: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify({ ...shared, object: 'chat.completion.chunk', ...rest })}\n\n`)
}

/** One frame of text; every chunk of a stream is one of these, so that sizes can be told by hand. */
export const textFrame = frame({
  choices: [{ index: 0, delta: { content: ' change' }, logprobs: null, finish_reason: null }],
})

const stopFrame = frame({ choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }] })
const usageFrame = frame({ choices: [], usage })
const done = Buffer.from('data: [DONE]\n\n')

/** What follows the text: reason, usage if the request asked for it, and the end. */
export function closingFrames(withUsage: boolean): Buffer {
  return Buffer.concat(withUsage ? [stopFrame, usageFrame, done] : [stopFrame, done])
}

/** Body bytes of a whole stream as its client should see it. */
export function streamBytes(chunks: number, withUsage: boolean): number {
  return chunks * textFrame.length + closingFrames(withUsage).length
}
