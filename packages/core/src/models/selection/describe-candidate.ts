import type { SelectionCandidate, SelectionRequest } from './candidate.ts'
import { estimateDollars, likelyOutput } from './estimate-dollars.ts'
import type { Metrics } from './metrics.ts'
import type { PlannedModel } from './plan-names.ts'

export interface DescriberOptions {
  readonly metrics: Metrics
  readonly request: SelectionRequest
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** US dollars that a call is likely to cost at a model. */
export type DollarsOf = (model: PlannedModel) => number | undefined

export function createDollarsOf({ request, at }: Pick<DescriberOptions, 'request' | 'at'>): DollarsOf {
  const expected = {
    at,
    inputTokens: request.inputTokens,
    outputTokens: likelyOutput(request.maxOutputTokens),
  }
  return ({ resolution }) => estimateDollars(resolution.entry, expected)
}

/** Shows models as strategies of hosts see them. What is costly to know is found out when it is asked for. */
export function createDescriber(options: DescriberOptions): (model: PlannedModel) => SelectionCandidate {
  const { metrics } = options
  const dollarsOf = createDollarsOf(options)
  return (model) => {
    const { id, resolution, virtualModel } = model
    const { provider, upstreamId, entry } = resolution
    return {
      id,
      provider,
      model: entry?.id ?? upstreamId,
      virtualModel,
      contextWindow: entry?.contextWindow,
      maxOutputTokens: entry?.maxOutputTokens,
      input: entry?.input ?? [],
      features: entry?.features ?? {},
      get estimatedDollars() {
        return dollarsOf(model)
      },
      get metrics() {
        return metrics.of(provider, upstreamId)
      },
    }
  }
}
