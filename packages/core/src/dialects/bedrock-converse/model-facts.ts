import { factsOf, type ModelFacts } from '../anthropic-messages/model-facts.ts'

/** What a model on Bedrock takes, in the terms of the Messages API, and beside it. */
export interface ConverseFacts extends ModelFacts {
  /** Takes what only Claude models take, in `additionalModelRequestFields`. */
  readonly isClaude: boolean
  /** Keeps prompts behind marks. */
  readonly caches: boolean
}

/** In front of the model's own id, in the ARN of a model or of an inference profile. */
const arn = /^arn:[^/]*\//

/**
 * @param model An id, an inference profile, or an ARN of either; others say nothing of their model.
 */
export function converseFactsOf(model: string): ConverseFacts {
  const id = model.replace(arn, '')
  const isClaude = /\banthropic\./.test(id)
  const claude: ConverseFacts = { ...factsOf(id), systemInPlace: false, isClaude: true, caches: true }
  if (isClaude) return claude
  return {
    ...claude,
    isClaude,
    maxOutput: undefined,
    structuredOutputs: false,
    thinking: 'none',
    budgetThinking: false,
    sampling: true,
    forcedTool: true,
    caches: /\bamazon\.nova\b/.test(id),
  }
}
