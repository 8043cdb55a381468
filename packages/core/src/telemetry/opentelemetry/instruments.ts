import type { Meter } from '@opentelemetry/api'

/** Boundaries that the conventions give. */
const tokenBoundaries = Array.from({ length: 14 }, (_, power) => 4 ** power)
const secondBoundaries = Array.from({ length: 14 }, (_, power) => 0.01 * 2 ** power)
const firstTokenBoundaries = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]
const dollarBoundaries = [0.0001, 0.001, 0.01, 0.1, 1, 10, 100]
const storeBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5]

export type Instruments = ReturnType<typeof createInstruments>

export function createInstruments(meter: Meter) {
  const histogram = (name: string, unit: string, [description, boundaries]: readonly [string, number[]]) =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: boundaries } })
  const seconds = (name: string, description: string, boundaries = secondBoundaries) =>
    histogram(name, 's', [description, boundaries])
  return {
    tokens: histogram('gen_ai.client.token.usage', '{token}', [
      'Number of input and output tokens used.',
      tokenBoundaries,
    ]),
    duration: seconds('gen_ai.client.operation.duration', 'Duration of an attempt at a provider.'),
    firstChunk: seconds(
      'gen_ai.client.operation.time_to_first_chunk',
      'From the attempt to the first event of its answer, of streams.',
    ),
    firstToken: seconds(
      'gen_ai.server.time_to_first_token',
      'Time to generate the first token, of streams.',
      firstTokenBoundaries,
    ),
    calls: seconds('tollgate.call.duration', 'Duration of a call with all of its attempts.'),
    active: meter.createUpDownCounter('tollgate.calls.active', {
      unit: '{call}',
      description: 'Calls under way.',
    }),
    refusals: meter.createCounter('tollgate.refusals', {
      unit: '{call}',
      description: 'Calls that no provider was asked for, by the code of the error.',
    }),
    failovers: meter.createCounter('tollgate.failovers', {
      unit: '{attempt}',
      description: 'Attempts that another one followed.',
    }),
    charged: meter.createCounter('tollgate.charged', {
      unit: 'USD',
      description: 'What calls were charged.',
    }),
    fees: meter.createCounter('tollgate.fees', {
      unit: 'USD',
      description: 'The processing fee within the charges.',
    }),
    held: histogram('tollgate.held', 'USD', ['What was reserved for a call at its end.', dollarBoundaries]),
    store: seconds(
      'tollgate.store.duration',
      'How long the store of credits took for one step.',
      storeBoundaries,
    ),
  }
}
