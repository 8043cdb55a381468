import type { Provider } from './stored-provider.ts'
import type { CreateProvider, UpdateProvider } from './stored-provider-input.ts'

/**
 * Providers that an operator makes at run time, beside those of the options. Every method rejects with
 * `store_unavailable` when the store is. A change holds for the next call here, and for those of other processes
 * within 4 s. This is the operator's alone: who can set a base URL can read what is sent there.
 */
export interface Providers {
  /**
   * @throws GatewayError `invalid_request` that names the member at fault, `id` where it is taken, or `secret` where
   * there is an `apiKey` or `headers` and the gateway has no secret.
   */
  create(input: CreateProvider): Promise<Provider>
  get(id: string): Promise<Provider | undefined>
  /** Every provider that the gateway has: those of the options, and then stored ones in the order of creation. */
  list(): Promise<Provider[]>
  /**
   * @param options `version` is what the change is based on; without it, it is made to whatever is stored.
   * @throws GatewayError `invalid_request` that names the member at fault, or `version_conflict`.
   */
  update(id: string, patch: UpdateProvider, options?: { readonly version?: number }): Promise<Provider>
  /**
   * Resolves to whether there was such a provider. Calls under way there go on to their end.
   *
   * @throws GatewayError `in_use` (409) while provider keys, configurations or virtual models name it, with those.
   */
  delete(id: string): Promise<boolean>
}
