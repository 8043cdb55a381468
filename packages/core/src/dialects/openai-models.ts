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
/** From gpt-5.2 on. */
const reasoning: OpenAiModelFacts = {
  sampling: false,
  reasoning: true,
  efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
  stop: true,
}
const withEfforts = (...efforts: readonly string[]): OpenAiModelFacts => ({ ...reasoning, efforts })
const early: OpenAiModelFacts = { ...withEfforts('low', 'medium', 'high'), stop: false }

/** The first that fits counts. As of November 2026. */
const families: readonly (readonly [RegExp, OpenAiModelFacts])[] = [
  [/^gpt-5(\.\d+)?-chat/, plain],
  [/^gpt-5-pro/, withEfforts('high')],
  [/^gpt-5\.\d+-pro/, withEfforts('medium', 'high', 'xhigh')],
  // Models for code always reason.
  [/^gpt-5(\.1)?-codex(?!-max)/, withEfforts('low', 'medium', 'high')],
  [/^gpt-5\.\d+-codex/, withEfforts('low', 'medium', 'high', 'xhigh')],
  [/^gpt-5(?!\.)/, withEfforts('minimal', 'low', 'medium', 'high')],
  [/^gpt-5\.1(?!\d)/, withEfforts('none', 'low', 'medium', 'high')],
  [/^gpt-[5-9]/, reasoning],
  [/^(o\d|codex)/, early],
]

/**
 * @param model The upstream's own model id, `gpt-5-2025-08-07` for instance; a vendor in front of it is passed over.
 * @returns Facts of a model that refuses nothing where the family is not known.
 */
export function openAiModelFacts(model: string): OpenAiModelFacts {
  const name = model.replace(/^(ft:)?(openai\/)?/, '')
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? plain
}
