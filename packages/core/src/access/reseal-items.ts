import type { SealedSecret } from './secret-box.ts'
import type { SecretRing } from './secret-ring.ts'

/** A secret at rest, wherever it is kept. */
export interface SealedItem {
  readonly sealed: SealedSecret
  readonly context: readonly string[]
  /** Writes the new text where what is there is still `sealed`. Resolves to what is there then, if anything. */
  replace(next: SealedSecret): Promise<SealedSecret | undefined>
}

/** What came of one pass. */
export interface ResealReport {
  /** Secrets that are now sealed under the present secret and were not before. */
  readonly resealed: number
  /** Secrets that still are not: their secret was not given, or the pass had reached its limit. */
  readonly remaining: number
}

/**
 * Seals everything under the present secret that is sealed under one before. Each is written by itself, so that a
 * pass that ends early has done what it has done, and the next goes on; one that is replaced meanwhile is left alone.
 */
export async function resealItems(
  items: AsyncIterable<SealedItem>,
  { ring, limit }: { readonly ring: SecretRing; readonly limit: number },
): Promise<ResealReport> {
  let resealed = 0
  let remaining = 0
  for await (const item of items) {
    if (await ring.isCurrent(item.sealed)) continue
    const left = resealed < limit ? await reseal(item, ring) : item.sealed
    if (left === undefined) continue
    if (!(await ring.isCurrent(left))) remaining += 1
    else resealed += 1
  }
  return { resealed, remaining }
}

/** Resolves to what is there afterwards. */
async function reseal(
  { sealed, context, replace }: SealedItem,
  ring: SecretRing,
): Promise<SealedSecret | undefined> {
  let plain: string
  try {
    plain = await ring.open(sealed, context)
  } catch {
    return sealed
  }
  return await replace(await ring.seal(plain, context))
}
