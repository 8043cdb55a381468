/** What names in policies are looked up in. */
export interface PolicyNames {
  /** The providers that are set up. */
  readonly providers: readonly string[]
  /** Whether it is set up, or might be. */
  hasProvider(id: string): boolean
  /** A provider's model by its id or one of its aliases. */
  find(provider: string, model: string): { readonly id: string } | undefined
  /**
   * What a name stands for in a request.
   *
   * @throws GatewayError `model_not_found` that suggests the nearest.
   */
  resolve(name: string): NamedModel
}

/** A model by its provider and the id that the gateway lists. */
export interface NamedModel {
  readonly provider: string
  readonly id: string
}
