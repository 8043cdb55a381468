import type { ResolvedCall } from './call.ts'
import type { PreparedRequest } from './upstream-request.ts'

/** The beta that opens a context of a million tokens, whatever its model has without it. */
const longContext = /\bcontext-1m\b/
const longContextTokens = 1_000_000

/** Tokens of input that the model takes at most; undefined where nobody says. */
export function mostInput(
  { target }: Pick<ResolvedCall, 'target'>,
  { request }: Pick<PreparedRequest, 'request'>,
): number | undefined {
  const { entry } = target.resolution
  const most = entry?.maxInputTokens ?? entry?.contextWindow
  const betas = request.headers['anthropic-beta']
  if (most === undefined || betas === undefined || !longContext.test(betas)) return most
  return Math.max(most, longContextTokens)
}
