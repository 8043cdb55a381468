import type { RenderTarget } from './dialect.ts'

/** The most output tokens that a request may ask for: what its model writes and what the balance pays for. */
export function mostOutput({ maxOutputTokens, affordable }: Partial<RenderTarget>): number | undefined {
  if (maxOutputTokens === undefined || affordable === undefined) return maxOutputTokens ?? affordable
  return Math.min(maxOutputTokens, affordable)
}
