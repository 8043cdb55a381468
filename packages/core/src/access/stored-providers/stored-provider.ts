import type { ModelOptions, ProviderOptions } from '../../options/options.ts'
import type { ProviderHealth } from '../../upstream/health/health-state.ts'
import type { Metadata } from '../access-key.ts'
import type { SealedSecret } from '../secret-box.ts'

/** What is said of a provider but for its secrets; see `ProviderOptions`. */
export interface ProviderDescription
  extends Pick<
    ProviderOptions,
    'query' | 'dialects' | 'parameters' | 'allowPrivateNetwork' | 'disabled' | 'models'
  > {
  readonly name?: string
  readonly baseUrl: string
  readonly metadata?: Metadata
}

/** Its secrets at rest. */
export interface SealedProviderSecrets {
  readonly apiKey?: SealedSecret
  /** All of them, as JSON: any may be a credential. */
  readonly headers?: SealedSecret
}

/** A provider that was made at run time, at rest. Times are milliseconds since the epoch. */
export interface StoredProviderRecord extends ProviderDescription {
  readonly id: string
  readonly sealed?: SealedProviderSecrets
  readonly headerNames?: readonly string[]
  /** One higher with every change. */
  readonly version: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** A provider as it is shown to the operator; secrets never are. */
export interface Provider extends Omit<ProviderDescription, 'dialects' | 'models'> {
  readonly id: string
  readonly dialects: readonly string[]
  /** As the operator wrote them, by public id. */
  readonly models: Readonly<Record<string, ModelOptions>>
  /** Every model that calls reach here, those of the catalogue included. */
  readonly modelIds: readonly string[]
  readonly hasApiKey: boolean
  /** Of the headers that are added to requests; what they hold is not shown. */
  readonly headerNames: readonly string[]
  /** It stands in the gateway's options, where alone it can be changed. */
  readonly isOption: boolean
  /** As this process has seen it: an open circuit is tried again at `until`, milliseconds since the epoch. */
  readonly health: Omit<ProviderHealth, 'provider'>
  /** Why calls do not reach it, although it is stored and not disabled. */
  readonly problem?: string
  /** Of a stored one, one higher with every change; 0 for one of the options. */
  readonly version: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** A record, or what is given for one, as the option would have it, without secrets. */
export function optionsOf(record: Partial<StoredProviderRecord>): ProviderOptions {
  const { baseUrl, query, dialects, parameters, allowPrivateNetwork, disabled, models } = record
  const given = { baseUrl, query, dialects, parameters, allowPrivateNetwork, disabled, models }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
