import type { EndedAttempt } from './telemetry.ts'

/** What stands for all that there is no room for, or that nobody lists. */
const other = 'other'

/**
 * Lets so many different values through and calls the rest `other`: what clients can make up must not make a series
 * of its own each time.
 */
export function createBoundedLabel(most: number): (value: string) => string {
  const known = new Set<string>()
  return (value) => {
    if (known.has(value)) return value
    if (known.size >= most) return other
    known.add(value)
    return value
  }
}

/** Names of an attempt's provider and models that may be told apart in metrics. */
export interface BoundedNames {
  provider(attempt: EndedAttempt): string
  /** What was asked of the provider. */
  model(attempt: EndedAttempt): string
  /** What answered. */
  servedModel(attempt: EndedAttempt): string
}

/** @param mostModels Per name; providers are fewer. */
export function createBoundedNames(mostModels: number): BoundedNames {
  const [providers, models, served] = [mostModels, mostModels, mostModels].map(createBoundedLabel)
  const pass = (label: ((value: string) => string) | undefined, value: string) => label?.(value) ?? other
  return {
    provider: ({ event }) => pass(providers, event.provider),
    model: ({ event, isListed }) => (isListed ? pass(models, event.upstreamModel) : other),
    servedModel: ({ event, isListed }) => (isListed ? pass(served, event.model) : other),
  }
}
