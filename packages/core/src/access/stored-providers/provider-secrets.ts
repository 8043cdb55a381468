import { GatewayError } from '../../errors/gateway-error.ts'
import { createRecentSecrets } from '../recent-secrets.ts'
import type { SealedItem } from '../reseal-items.ts'
import type { SealedSecret } from '../secret-box.ts'
import { secretValues } from '../secret-headers.ts'
import { createSecretRing } from '../secret-ring.ts'
import type { ProviderRecords } from './provider-records.ts'
import type { SealedProviderSecrets, StoredProviderRecord } from './stored-provider.ts'

/** The secrets of a provider in the clear. */
export interface OpenedSecrets {
  readonly apiKey?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Seals and opens the secrets of stored providers. */
export interface ProviderSecrets {
  /**
   * @throws GatewayError, as a rejection, that names `secret`, where there is something to seal and the gateway has no
   * secret.
   */
  seal(id: string, secrets: OpenedSecrets): Promise<SealedProviderSecrets>
  /** Rejects when they were sealed under a secret that is not known here. */
  open(record: Pick<StoredProviderRecord, 'id' | 'sealed'>): Promise<OpenedSecrets>
  /** What was in the clear here lately, for whoever must not show it. */
  recent(): Iterable<string>
}

/** Each kind of secret opens as its own kind, of its own provider, alone. */
const contextOf = (id: string, kind: string) => ['stored provider', id, kind]

export function createProviderSecrets(
  secret: string | undefined,
  previous: readonly string[] = [],
): ProviderSecrets {
  const ring = secret === undefined ? undefined : createSecretRing(secret, previous)
  const recent = createRecentSecrets()
  const requireRing = () => {
    if (ring) return ring
    const message =
      'API keys and headers of providers are encrypted at rest: set the option "secret" (TOLLGATE_SECRET) first.'
    throw new GatewayError({ code: 'invalid_request', message, param: 'secret' })
  }
  const remember = ({ apiKey, headers = {} }: OpenedSecrets) => {
    if (apiKey !== undefined) recent.add(apiKey)
    for (const value of secretValues(headers)) recent.add(value)
  }
  const seal = (text: string, id: string, kind: string) => requireRing().seal(text, contextOf(id, kind))
  const open = (sealed: SealedSecret, id: string, kind: string) =>
    requireRing().open(sealed, contextOf(id, kind))

  return {
    async seal(id, secrets) {
      const { apiKey, headers } = secrets
      remember(secrets)
      return {
        ...(apiKey !== undefined && { apiKey: await seal(apiKey, id, 'apiKey') }),
        ...(headers !== undefined && { headers: await seal(JSON.stringify(headers), id, 'headers') }),
      }
    },
    async open({ id, sealed = {} }) {
      const { apiKey, headers } = sealed
      const opened: OpenedSecrets = {
        ...(apiKey && { apiKey: await open(apiKey, id, 'apiKey') }),
        ...(headers && { headers: JSON.parse(await open(headers, id, 'headers')) }),
      }
      remember(opened)
      return opened
    },
    recent: recent.values,
  }
}

/** Every secret of stored providers, for a pass of re-encryption. */
export async function* sealedProviderSecrets(
  records: Pick<ProviderRecords, 'all' | 'alter'>,
): AsyncGenerator<SealedItem> {
  for (const { id, sealed = {} } of await records.all()) {
    for (const kind of ['apiKey', 'headers'] as const) {
      const before = sealed[kind]
      if (before) yield { sealed: before, context: contextOf(id, kind), replace }
      async function replace(next: SealedSecret) {
        let present: SealedSecret | undefined
        await records.alter(id, (current) => {
          const isSame = before !== undefined && current?.sealed?.[kind]?.data === before.data
          present = isSame ? next : current?.sealed?.[kind]
          return isSame && current ? { ...current, sealed: { ...current.sealed, [kind]: next } } : undefined
        })
        return present
      }
    }
  }
}
