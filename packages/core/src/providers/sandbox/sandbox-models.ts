import type { ModelOptions } from '../../options/options.ts'

/** What the sandbox's models are called; the name says what a model does. */
export type SandboxModel =
  | 'echo'
  | 'fixed-100'
  | 'fixed-1000'
  | 'tools'
  | 'embed'
  | 'fail-429'
  | 'fail-500'
  | 'fail-cut'
  | 'fail-stall'
  | 'fail-midstream'

const talks = {
  price: { input: '1.00', output: '2.00' },
  contextWindow: 128_000,
  maxOutputTokens: 4096,
} satisfies ModelOptions

/**
 * The sandbox's models with made-up prices: $1 a million tokens in and $2 out, so that every call shows up in
 * a balance.
 *
 * - `echo` repeats the last text of the user.
 * - `fixed-100`, `fixed-1000` write exactly that many tokens.
 * - `tools` calls the first tool on offer and, once a tool result is there, answers in text.
 * - `embed` turns text into vectors, the same text always into the same one.
 * - `fail-429`, `fail-500` refuse; `fail-stall` never answers; `fail-cut` loses the connection half-way;
 *   `fail-midstream` reports an error inside the stream.
 */
export const sandboxModels: Record<SandboxModel, ModelOptions> = {
  echo: talks,
  'fixed-100': { ...talks, maxOutputTokens: 100 },
  'fixed-1000': { ...talks, maxOutputTokens: 1000 },
  tools: talks,
  embed: { price: { input: '0.10' }, contextWindow: 8192 },
  'fail-429': talks,
  'fail-500': talks,
  'fail-cut': talks,
  'fail-stall': talks,
  'fail-midstream': talks,
}

/** True for the exact name of a sandbox model. */
export function isSandboxModel(name: unknown): name is SandboxModel {
  return typeof name === 'string' && Object.hasOwn(sandboxModels, name)
}
