import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

const seconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]
const storeSeconds = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5]
const dollars = [0.0001, 0.001, 0.01, 0.1, 1, 10, 100]

export type Series = ReturnType<typeof createSeries>

/** Everything that is counted. Dollars are sums of floating point numbers here; the ledger has them exactly. */
export function createSeries(registry: Registry) {
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter<Label>({ name: `tollgate_${name}`, help, labelNames: [...labelNames], registers })
  const histogram = <Label extends string>(
    name: string,
    help: string,
    { labels, buckets }: { readonly labels: readonly Label[]; readonly buckets: number[] },
  ) => new Histogram<Label>({ name: `tollgate_${name}`, help, labelNames: [...labels], buckets, registers })
  return {
    calls: counter('calls_total', 'Calls that have ended.', ['provider', 'model', 'status']),
    attempts: counter('attempts_total', 'Attempts at providers.', ['provider', 'verdict', 'completion']),
    refusals: counter('refusals_total', 'Calls that no provider was asked for, by the code of the error.', [
      'code',
    ]),
    tokens: counter(
      'tokens_total',
      'Tokens; input has the cached ones in it, and output those of reasoning.',
      ['provider', 'model', 'kind'],
    ),
    charged: counter('charged_usd_total', 'What calls were charged.', ['provider', 'model', 'credential']),
    fees: counter('fees_usd_total', 'The processing fee within the charges.', [
      'provider',
      'model',
      'credential',
    ]),
    held: histogram('held_usd', 'What was reserved for a call at its end.', { labels: [], buckets: dollars }),
    duration: histogram('call_duration_seconds', 'Duration of a call with all of its attempts.', {
      labels: ['provider', 'status'],
      buckets: seconds,
    }),
    firstToken: histogram('time_to_first_token_seconds', 'From the attempt to the first event of a stream.', {
      labels: ['provider', 'model'],
      buckets: seconds,
    }),
    store: histogram('store_duration_seconds', 'How long the store of credits took for one step of a call.', {
      labels: ['operation', 'outcome'],
      buckets: storeSeconds,
    }),
    inFlight: new Gauge({ name: 'tollgate_calls_in_flight', help: 'Calls under way.', registers }),
  }
}
