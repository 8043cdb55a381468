import { GatewayError } from '../errors/gateway-error.ts'

/** Names of members, folded; see `foldName`. */
export type ParameterNames = ReadonlySet<string>

/** What a provider lets through, by dialect. */
export type AllowedParameters = ReadonlyMap<string, ParameterNames>

/** Some providers read `topP`, `top_p` and `TOP_P` as one and the same. */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll('_', '')
}

export function foldedNames(names: readonly string[]): ParameterNames {
  return new Set(names.map(foldName))
}

/**
 * What no list leaves out. Who is asked and what for; whether the answer streams, and tells its usage; what bounds
 * its cost or decides its price; and whether the provider keeps it, and for what other answer it stands.
 */
const essential = foldedNames([
  ...['model', 'messages', 'input', 'contents', 'prompt'],
  ...['system', 'systemInstruction', 'instructions'],
  ...['stream', 'stream_options', 'generationConfig', 'inferenceConfig'],
  ...['max_tokens', 'max_completion_tokens', 'max_output_tokens', 'n', 'best_of'],
  ...['service_tier', 'speed', 'anthropic_version'],
  ...['store', 'background', 'previous_response_id', 'conversation', 'cachedContent'],
])

/** @throws GatewayError `invalid_request` that names the option, for what no list may leave out. */
export function assertRemovable(name: string, option: string): void {
  if (!essential.has(foldName(name))) return
  const message = `${option} may not hold "${name}": what a call is, and what it costs, is not for a list to decide.`
  throw new GatewayError({ code: 'invalid_request', message, param: option })
}

export interface ParameterLists {
  /** What alone is taken. */
  readonly allowed: ParameterNames | undefined
  /** What is not. */
  readonly refused: ParameterNames | undefined
}

/** Whether a member of a request is left out. */
export function isRemoved(name: string, { allowed, refused }: ParameterLists): boolean {
  const folded = foldName(name)
  if (essential.has(folded)) return false
  return refused?.has(folded) === true || (allowed !== undefined && !allowed.has(folded))
}
