import type { Metadata } from '../access-key.ts'
import type { Routing } from '../policies/routing-input.ts'
import type { PolicyLimits, PolicyTimeouts, Scope, SelectionStrategyName } from '../policy.ts'

/** A policy that any number of access keys link to. Times are milliseconds since the epoch. */
export interface Configuration {
  /** `cfg_…` */
  readonly id: string
  /** Only keys of this account can link to it. */
  readonly account?: string
  readonly name: string
  readonly description?: string
  /** Names are shown as they are kept: an alias as the model that it stood for when it was written. */
  readonly scope?: Scope
  /** Counted for each key by itself. */
  readonly limits?: PolicyLimits
  readonly routing?: Routing
  readonly strategy?: SelectionStrategyName
  readonly timeouts?: PolicyTimeouts
  /** Addresses that calls may come from: `10.0.0.0/8`, `2001:db8::/32`. An empty list is none. */
  readonly ipRanges?: readonly string[]
  /** Calls of its keys are refused from then on. */
  readonly expiresAt?: number
  readonly tags?: readonly string[]
  readonly metadata?: Metadata
  /** One more with each change. */
  readonly version: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** A configuration and how many keys link to it. */
export interface LinkedConfiguration extends Configuration {
  /** Without revoked ones. */
  readonly keyCount: number
}
