import type { CallServices } from '../services.ts'

/** The providers that an account has a credential for: the operator's, or a key of its own. */
export function openProviders(
  { providers, ownCredentials }: Pick<CallServices, 'providers' | 'ownCredentials'>,
  account: string,
): readonly string[] | Promise<readonly string[]> {
  const ids = [...providers.keys()]
  const isManaged = (id: string) => {
    const provider = providers.get(id)
    return provider !== undefined && (provider.apiKey !== undefined || provider.keyless)
  }
  const owned = ids.map((id) => (isManaged(id) ? true : ownCredentials(account, id)))
  const keep = (answers: readonly (true | readonly unknown[])[]) =>
    ids.filter((_, at) => answers[at] === true || (answers[at] as readonly unknown[]).length > 0)
  return owned.some((answer) => answer instanceof Promise)
    ? Promise.all(owned).then(keep)
    : keep(owned as readonly (true | readonly unknown[])[])
}
