import { secretValues } from './access/secret-headers.ts'
import type { ProviderSetup } from './options/configure-providers.ts'
import type { ResolvedOptions } from './options/resolve-options.ts'
import { redactingLogger } from './telemetry/redaction/redacting-logger.ts'

/** The options with a logger that no secret reaches; those that come to be known later are left out as well. */
export function withSafeLogger(resolved: ResolvedOptions): ResolvedOptions {
  const { logger, providers, secret, secretsInMemory } = resolved
  const configured = [...providers.flatMap(secretsOf), ...(secret === undefined ? [] : [secret])]
  secretsInMemory.push(() => configured)
  return { ...resolved, logger: redactingLogger(logger, secretsInMemory) }
}

/** What of a provider no log may show. */
export function secretsOf({ apiKey, headers }: Pick<ProviderSetup, 'apiKey' | 'headers'>): string[] {
  const sent = secretValues(headers)
  return apiKey === undefined ? sent : [apiKey, ...sent]
}
