/** What one family of Claude models takes and refuses. */
export interface ModelFacts {
  /** Output tokens; undefined where the model is not known. */
  readonly maxOutput: number | undefined
  /** Enforces a JSON Schema by itself (`output_config.format`, `strict` tools). */
  readonly structuredOutputs: boolean
  /** `adaptive` decides itself how much to think and takes an effort; `budget` takes a number of tokens. */
  readonly thinking: 'adaptive' | 'budget' | 'none'
  /** Takes `thinking: { type: 'enabled', budget_tokens }`. */
  readonly budgetThinking: boolean
  /** What "do not think" is on this model; `effort` where it always thinks. */
  readonly withoutThinking: 'disabled' | 'between_tools' | 'effort'
  /** Takes `effort: 'xhigh'` beside low, medium, high and max. */
  readonly xhighEffort: boolean
  /** Takes `temperature`, `top_p` and `top_k`. */
  readonly sampling: boolean
  /** Takes `tool_choice` `any` and `tool`. */
  readonly forcedTool: boolean
  /** Takes `role: 'system'` within `messages`. */
  readonly systemInPlace: boolean
}

const current: ModelFacts = {
  maxOutput: 128_000,
  structuredOutputs: true,
  thinking: 'adaptive',
  budgetThinking: true,
  withoutThinking: 'disabled',
  xhighEffort: true,
  sampling: false,
  forcedTool: true,
  systemInPlace: true,
}
const sampled: ModelFacts = { ...current, xhighEffort: false, sampling: true, systemInPlace: false }
const budgeted: ModelFacts = { ...sampled, thinking: 'budget', maxOutput: 64_000 }
const unstructured: ModelFacts = { ...budgeted, structuredOutputs: false }
const alwaysThinking: ModelFacts = { ...current, budgetThinking: false, withoutThinking: 'effort' }

/** By family name, the part of a model id in front of its date. As of November 2026. */
const families: ReadonlyMap<string, ModelFacts> = new Map([
  ['claude-sonnet-5-5', { ...alwaysThinking, withoutThinking: 'between_tools', forcedTool: false }],
  ['claude-opus-5-5', { ...alwaysThinking, forcedTool: false }],
  ['claude-haiku-5-5', { ...current, budgetThinking: false }],
  ['claude-opus-5', current],
  ['claude-fable-5-2', { ...alwaysThinking, forcedTool: false }],
  ['claude-fable-5-1', { ...alwaysThinking, forcedTool: false }],
  ['claude-fable-5', alwaysThinking],
  ['claude-sonnet-5', current],
  ['claude-opus-4-8', current],
  ['claude-opus-4-7', { ...current, systemInPlace: false }],
  ['claude-opus-4-6', sampled],
  ['claude-sonnet-4-6', sampled],
  ['claude-opus-4-5', budgeted],
  ['claude-sonnet-4-5', budgeted],
  ['claude-haiku-4-5', budgeted],
  ['claude-opus-4-1', { ...budgeted, maxOutput: 32_000 }],
  ['claude-sonnet-4', unstructured],
  ['claude-opus-4', { ...unstructured, maxOutput: 32_000 }],
  ['claude-3-haiku', { ...unstructured, maxOutput: 4096, thinking: 'none', budgetThinking: false }],
])

/** A Claude that this table does not know is newer than it. */
const unknownClaude: ModelFacts = { ...current, systemInPlace: false }

/** Other models behind a Messages endpoint take the long-established members and little else. */
const foreign: ModelFacts = { ...unstructured, maxOutput: undefined }

/** What may follow a family's name: `-latest`, `-0`, a date, and a platform's version suffix. */
const variant = /(?:-latest|-0|[-@]\d{8})?(?:-v\d+(?::\d+)?)?$/
/** Regions and vendors that platforms put in front: `us.anthropic.`, `anthropic/`. */
const prefix = /^(?:[a-z-]+\.)?anthropic[./]/

/** It thinks whatever a request says of thinking, or leaves unsaid. */
export function alwaysThinks({ thinking, withoutThinking }: ModelFacts): boolean {
  return thinking === 'adaptive' && withoutThinking !== 'disabled'
}

/**
 * @param model The upstream's own model id, for instance `claude-sonnet-4-5-20250929`.
 */
export function factsOf(model: string): ModelFacts {
  const family = model.replace(prefix, '').replace(variant, '')
  return families.get(family) ?? (family.startsWith('claude-') ? unknownClaude : foreign)
}
