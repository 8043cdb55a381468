import type { ProviderOptions } from '../../options/options.ts'
import type { OpenedSecrets, ProviderSecrets } from './provider-secrets.ts'
import type { StoredProviderRecord } from './stored-provider.ts'

/** What a change says of secrets: undefined leaves what is there, null clears it. */
export interface GivenSecrets {
  readonly apiKey: string | null | undefined
  readonly headers: Readonly<Record<string, string>> | null | undefined
}

/** Secrets as requests carry them: without spaces around, names in small letters. */
export interface ReadSecrets {
  readonly apiKey?: string | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** What is given as options have it; no headers are nothing to seal. */
export function givenOptions({ apiKey, headers }: GivenSecrets): Pick<ProviderOptions, 'apiKey' | 'headers'> {
  return {
    ...(apiKey != null && { apiKey }),
    ...(headers != null && Object.keys(headers).length > 0 && { headers }),
  }
}

/** Of a provider as it is sent, what was given: that alone is sealed anew. */
export function onlyGiven({ apiKey, headers }: ReadSecrets, given: GivenSecrets): OpenedSecrets {
  const options = givenOptions(given)
  return {
    ...(options.apiKey !== undefined && apiKey !== undefined && { apiKey }),
    ...(options.headers !== undefined && { headers }),
  }
}

export type Sealed = Required<Pick<StoredProviderRecord, 'sealed' | 'headerNames'>>

export async function sealGiven(
  secrets: ProviderSecrets,
  id: string,
  opened: OpenedSecrets,
): Promise<Sealed> {
  return { sealed: await secrets.seal(id, opened), headerNames: Object.keys(opened.headers ?? {}) }
}

/** What was given takes the place of what was there, and null of nothing. */
export function withSecrets(
  { sealed: before = {}, headerNames: names = [] }: Partial<Sealed>,
  { apiKey, headers }: GivenSecrets,
  { sealed, headerNames }: Sealed,
): Sealed {
  const { apiKey: oldKey, headers: oldHeaders } = before
  return {
    sealed: {
      ...(apiKey === undefined && oldKey && { apiKey: oldKey }),
      ...(headers === undefined && oldHeaders && { headers: oldHeaders }),
      ...sealed,
    },
    headerNames: headers === undefined ? names : headerNames,
  }
}
