import { createSecretBox, type SealedSecret, type SecretBox } from './secret-box.ts'

/** The operator's secret, and those it had before. */
export interface SecretRing extends Pick<SecretBox, 'seal' | 'open'> {
  /** Whether it was sealed under the present secret. */
  isCurrent(sealed: SealedSecret): Promise<boolean>
  /** The ring with more secrets that things may have been sealed under. */
  with(previous: readonly string[]): SecretRing
}

/**
 * Seals under the present secret, and opens what was sealed under it or one of those before.
 *
 * @throws Error when a secret is shorter than 16 characters.
 */
export function createSecretRing(secret: string, previous: readonly string[] = []): SecretRing {
  return ringOf(createSecretBox(secret), previous.map(createSecretBox))
}

function ringOf(current: SecretBox, previous: readonly SecretBox[]): SecretRing {
  const boxFor = async ({ keyId }: SealedSecret): Promise<SecretBox> => {
    // One after the other: a key costs a tenth of a second to derive, and most are never needed.
    for (const box of [current, ...previous]) if ((await box.keyId()) === keyId) return box
    return current
  }
  return {
    seal: current.seal,
    open: async (sealed, context) => (await boxFor(sealed)).open(sealed, context),
    isCurrent: async ({ keyId }) => (await current.keyId()) === keyId,
    with: (more) => ringOf(current, [...previous, ...more.map(createSecretBox)]),
  }
}
