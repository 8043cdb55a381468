import type { Modality, ModelFeature } from '../model.ts'
import type { ModelMetrics } from './metrics.ts'

/** In which order candidates for a call are tried. `order` is the order in which they were named. */
export type SelectionStrategyName = 'order' | 'price' | 'latency' | 'throughput' | 'random'

/** The same for a virtual model, whose targets may have weights. */
export type TargetStrategyName = SelectionStrategyName | 'weighted'

/** A model of a provider that may serve a call, as a strategy of the host's own sees it. */
export interface SelectionCandidate {
  /** `openai:gpt-4o`, whatever name the client used. */
  readonly id: string
  readonly provider: string
  /** The provider's model, without the provider. */
  readonly model: string
  /** The virtual model that it was named by. */
  readonly virtualModel: string | undefined
  readonly contextWindow: number | undefined
  readonly maxOutputTokens: number | undefined
  /** Empty = not known. */
  readonly input: readonly Modality[]
  /** What is known of it: true, false, or left out. */
  readonly features: Readonly<Partial<Record<ModelFeature, boolean>>>
  /** US dollars that this call is likely to cost there, for comparing alone; undefined without a price. */
  readonly estimatedDollars: number | undefined
  /** How it has done in the last quarter of an hour, in this process. */
  readonly metrics: ModelMetrics
}

/** What a strategy of the host's own gets to see of a call. */
export interface SelectionRequest {
  readonly account: string
  readonly accessKeyId: string | undefined
  /** As the client named it. */
  readonly model: string
  /** The client's dialect: `openai-chat`, `anthropic-messages`, … */
  readonly dialect: string
  readonly stream: boolean
  /** Estimated by the size of the request. */
  readonly inputTokens: number
  /** The client's own limit. */
  readonly maxOutputTokens: number | undefined
  /** The candidate that served the conversation last, by its id: its prompts may be in that provider's cache. */
  readonly lastServedBy: string | undefined
}

/**
 * Orders the candidates of a call, the first to be tried first; what it leaves out is not tried. It is asked for
 * every call that has more than one candidate and has to answer at once, so it may not be `async`: what it needs to
 * know, it has to have read before. What it throws fails the call with 500 and is logged.
 *
 * @example
 * const cheapestSound: SelectionFunction = (candidates) =>
 *   candidates
 *     .filter(({ metrics }) => (metrics.errorShare ?? 0) < 0.2)
 *     .toSorted((left, right) => (left.estimatedDollars ?? 1) - (right.estimatedDollars ?? 1))
 */
export type SelectionFunction = (
  candidates: readonly SelectionCandidate[],
  request: SelectionRequest,
) => readonly SelectionCandidate[]

/** How candidates are chosen among. */
export interface SelectionOptions {
  /** @default 'order' */
  readonly strategy?: SelectionStrategyName | SelectionFunction
  /**
   * A conversation stays with the model that served it last, for an hour, so that its prompts are found in that
   * provider's cache. @default true
   */
  readonly affinity?: boolean
}
