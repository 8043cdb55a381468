/** What families of OpenAI's models refuse in requests, whoever serves them. */
export interface OpenAiModelFacts {
  /** Takes `temperature`, `top_p`, penalties, `logprobs` and `logit_bias`. */
  readonly sampling: boolean
  /** Reasons, and takes an effort. */
  readonly reasoning: boolean
  /** Efforts that it knows, least first. */
  readonly efforts: readonly string[]
  /** Takes `stop`. */
  readonly stop: boolean
}

const plain: OpenAiModelFacts = { sampling: true, reasoning: false, efforts: [], stop: true }
const reasoning: OpenAiModelFacts = {
  sampling: false,
  reasoning: true,
  efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'],
  stop: true,
}
const early: OpenAiModelFacts = { ...reasoning, efforts: ['low', 'medium', 'high'], stop: false }
/** Reasoning cannot be switched off before gpt-5.1. */
const gpt5: OpenAiModelFacts = { ...reasoning, efforts: ['minimal', 'low', 'medium', 'high'] }

/** The first that fits counts. As of November 2026. */
const families: readonly (readonly [RegExp, OpenAiModelFacts])[] = [
  [/^gpt-5(-mini|-nano|-codex|-pro)?(-\d{4}-\d{2}-\d{2})?$/, gpt5],
  [/^gpt-5(\.\d+)?-chat/, plain],
  [/^gpt-[5-9]/, reasoning],
  [/^o\d/, early],
  [/^codex/, reasoning],
]

/**
 * @param model The upstream's own model id, `gpt-5-2025-08-07` for instance; a vendor in front of it is passed over.
 * @returns Facts of a model that refuses nothing where the family is not known.
 */
export function openAiModelFacts(model: string): OpenAiModelFacts {
  const name = model.replace(/^(ft:)?(openai\/)?/, '')
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? plain
}
