import { isJsonObject, type JsonObject } from '../json.ts'

/** `logprobsResult` as OpenAI's dialects write it; undefined where there is none. */
export function parseLogprobs(result: unknown): readonly JsonObject[] | undefined {
  if (!isJsonObject(result) || !Array.isArray(result.chosenCandidates)) return undefined
  const tops: readonly unknown[] = Array.isArray(result.topCandidates) ? result.topCandidates : []
  return result.chosenCandidates.filter(isJsonObject).map((chosen, step) => {
    const top = tops[step]
    const others = isJsonObject(top) && Array.isArray(top.candidates) ? top.candidates : []
    return { ...tokenOf(chosen), top_logprobs: others.filter(isJsonObject).map(tokenOf) }
  })
}

function tokenOf({ token, logProbability }: JsonObject): JsonObject {
  const text = typeof token === 'string' ? token : ''
  return { token: text, logprob: logProbability, bytes: [...Buffer.from(text)] }
}

/** OpenAI's list of tokens as `logprobsResult`. */
export function renderLogprobs(tokens: readonly JsonObject[]): JsonObject {
  const candidateOf = ({ token, logprob }: JsonObject) => ({ token, logProbability: logprob })
  return {
    chosenCandidates: tokens.map(candidateOf),
    topCandidates: tokens.map(({ top_logprobs: top }) => ({
      candidates: (Array.isArray(top) ? top : []).filter(isJsonObject).map(candidateOf),
    })),
  }
}
