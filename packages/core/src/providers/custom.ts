import { GatewayError } from '../errors/gateway-error.ts'
import type { ProviderOptions } from '../options/options.ts'
import { readBaseUrl } from './base-url.ts'
import { bedrock } from './bedrock.ts'
import { builtInProviders } from './built-in.ts'
import { compatibleProvider } from './compatible.ts'
import type { DialectId } from './dialect-id.ts'
import type { ProviderDefinition } from './provider.ts'
import { vertex } from './vertex.ts'

/**
 * Describes a compatible server that the operator named, or a cloud's provider under another name. Its variables are made of its id: `my-llm` reads
 * `MY_LLM_API_KEY` and `MY_LLM_BASE_URL`.
 *
 * @throws GatewayError `invalid_request` that names the option: an id that cannot stand before the colon of
 * `provider:model`, no base URL, or one that {@link readBaseUrl} refuses
 *
 * @example
 * customProvider('local', { baseUrl: 'http://localhost:11434/v1' })
 */
export function customProvider(id: string, options: ProviderOptions): ProviderDefinition {
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(id)) {
    throw invalid(`providers.${id}`, 'must be named in lower-case letters, digits, ".", "_" and "-".')
  }
  const environment = customVariables(id)
  const cloud = options.aws ? bedrock : options.googleCloud && vertex
  if (cloud) return { ...cloud, id, displayName: id, environment }
  const source = `providers.${id}.baseUrl (${environment.baseUrl})`
  if (!options.baseUrl) throw invalid(source, 'is missing: a custom provider needs an address.')
  const { allowPrivateNetwork } = options
  const baseUrl = readBaseUrl(options.baseUrl, source, { allowPrivateNetwork })
  const dialects: readonly DialectId[] = options.dialects ?? ['openai-chat']
  const speaksAnthropic = dialects.includes('anthropic-messages')
  const speaksOpenai = dialects.some((dialect) => dialect !== 'anthropic-messages')
  return compatibleProvider({
    ...factsOf(new URL(baseUrl).hostname),
    id,
    displayName: id,
    baseUrl,
    environment,
    dialects,
    ...(speaksAnthropic && { countsTokens: ['anthropic-messages'] as const }),
    credentialHeader: speaksOpenai ? 'bearer' : 'x-api-key',
    defaultHeaders: speaksAnthropic ? { 'anthropic-version': '2023-06-01' } : {},
    forwardedHeaders: [
      ...(speaksOpenai ? ['openai-beta'] : []),
      ...(speaksAnthropic ? ['anthropic-beta', 'anthropic-version'] : []),
      'idempotency-key',
    ],
  })
}

/** By another name a known host is what it is; of all others the book is believed. */
function factsOf(hostname: string): Partial<ProviderDefinition> {
  const known = builtInProviders.find(
    ({ baseUrl, keyless }) => baseUrl !== undefined && !keyless && new URL(baseUrl).hostname === hostname,
  )
  if (!known) return {}
  const { endpoints: _endpoints, impliedVersion: _version, dialectsOf: _dialectsOf, ...facts } = known
  return facts
}

/** The variables of the environment that a custom provider of this id reads. */
export function customVariables(id: string): ProviderDefinition['environment'] {
  const prefix = id.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')
  return { apiKey: `${prefix}_API_KEY`, baseUrl: `${prefix}_BASE_URL` }
}

function invalid(option: string, demand: string): GatewayError {
  return new GatewayError({ code: 'invalid_request', message: `${option} ${demand}`, param: option })
}
