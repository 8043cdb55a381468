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

/** Shows models as strategies see them. What is costly to know is found out when it is asked for. */
export function createDescriber({
  metrics,
  request,
  at,
}: DescriberOptions): (model: PlannedModel) => SelectionCandidate {
  const outputTokens = likelyOutput(request.maxOutputTokens)
  return ({ id, resolution, virtualModel }) => {
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
        return estimateDollars(entry, { at, inputTokens: request.inputTokens, outputTokens })
      },
      get metrics() {
        return metrics.of(provider, upstreamId)
      },
    }
  }
}
