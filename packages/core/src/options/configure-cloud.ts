import type { ProviderDefinition } from '../providers/provider.ts'
import type { RequestSigner } from '../upstream/signing/request-signer.ts'
import type { Transport } from '../upstream/transport.ts'
import { configureAws } from './configure-aws.ts'
import { configureGoogleCloud } from './configure-google-cloud.ts'
import type { Environment } from './environment.ts'
import type { ProviderOptions } from './options.ts'

/** What a provider in a cloud has in place of one address and one key. */
export interface CloudSetup {
  /** Undefined where it does not matter, because options give the address. */
  readonly baseUrl: string | undefined
  /** Undefined where requests carry a key, or the accounts' own keys alone. */
  readonly createSigner: ((transport: Transport) => RequestSigner) | undefined
}

export interface CloudSources {
  readonly id: string
  readonly definition: ProviderDefinition
  readonly options: ProviderOptions
  readonly environment: Environment
  /** Requests carry it, and nothing has to be signed. */
  readonly apiKey: string | undefined
  /** Options or environment name another address. */
  readonly hasAddress: boolean
}

/**
 * Reads place and credentials of a provider in a cloud; nothing of all others.
 *
 * @throws Error that names option and variable.
 */
export function configureCloud(sources: CloudSources): CloudSetup | undefined {
  const { id, definition, options } = sources
  const vendor = definition.cloud?.vendor
  if (options.aws && vendor !== 'aws') throw new Error(`providers.${id}.aws is for Amazon Bedrock alone.`)
  if (options.googleCloud && vendor !== 'google')
    throw new Error(`providers.${id}.googleCloud is for Google Vertex AI alone.`)
  if (vendor === undefined) return undefined
  return vendor === 'aws' ? configureAws(sources) : configureGoogleCloud(sources)
}

/** A part of a host's name. */
export function readRegion(source: string, text: string | undefined): string {
  return readPlace(source, text, /^[a-z0-9-]+$/)
}

/** A part of a path; some projects belong to a domain: `example.com:acme-1`. */
export function readProject(source: string, text: string | undefined): string {
  return readPlace(source, text, /^[a-z0-9][a-z0-9:.-]*$/)
}

function readPlace(source: string, text: string | undefined, pattern: RegExp): string {
  if (text === undefined) throw new Error(`${source} is missing.`)
  if (pattern.test(text)) return text
  throw new Error(`${source} has characters that no address can have there.`)
}
