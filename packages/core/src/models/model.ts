import type { PriceVersion } from '../billing/price.ts'
import type { ParameterNames } from './parameters.ts'

export type EndpointKind =
  | 'chat'
  | 'responses'
  | 'messages'
  | 'embeddings'
  | 'completions'
  | 'images'
  | 'speech'
  | 'transcription'
  | 'realtime'
  | 'rerank'
/** What a model reads or writes. */
export type Modality = 'text' | 'image' | 'pdf' | 'audio' | 'video'
/** What a request may ask of a model beside text: calls of tools, answers by a JSON schema, thinking. */
export type ModelFeature = 'tools' | 'schema' | 'reasoning'

/** One model as one provider sells it. */
export interface ModelEntry {
  /** The public id, without provider: `gpt-4o`. */
  readonly id: string
  readonly provider: string
  /** What is sent to the provider. */
  readonly upstreamId: string
  readonly aliases: readonly string[]
  readonly kinds: readonly EndpointKind[]
  readonly name?: string
  readonly released?: string
  readonly contextWindow?: number
  readonly maxInputTokens?: number
  readonly maxOutputTokens?: number
  /** Empty = not known. */
  readonly input: readonly Modality[]
  readonly output: readonly Modality[]
  /** True where `input` names all that it takes; elsewhere only pictures are sure to be named. */
  readonly inputIsWhole?: boolean
  /** What is known: true that it can, false that it cannot. */
  readonly features?: Readonly<Partial<Record<ModelFeature, boolean>>>
  /** Whether it thinks in billed tokens that its streams do not show; undefined where its provider knows. */
  readonly hiddenReasoning?: boolean
  /** Members of requests that it does not take, folded. */
  readonly unsupportedParameters?: ParameterNames
  readonly deprecatedAt?: string
  /** Newest last. Empty = unpriced, refused on credits. */
  readonly prices: readonly PriceVersion[]
}
