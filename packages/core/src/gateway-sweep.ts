import type { ResolvedOptions } from './options/resolve-options.ts'

/** How often holds are looked at, unless they are shorter than that. */
const sweepMs = 5000

/**
 * Renews the holds of calls under way, and gives back those of calls whose process died.
 *
 * @returns Ends it.
 */
export function sweepHolds(
  { logger, settings }: Pick<ResolvedOptions, 'logger' | 'settings'>,
  sweep: () => Promise<number>,
): () => void {
  const timer = setInterval(
    () => {
      sweep().catch((error: unknown) => logger.warn({ error }, 'Expired holds could not be given back.'))
    },
    Math.min(sweepMs, settings.holdTtl / 3),
  )
  timer.unref()
  return () => clearInterval(timer)
}
