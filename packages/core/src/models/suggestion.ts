/** Longer names get no suggestion: the search costs their length squared for every model. */
const longest = 64

/**
 * The candidate nearest to a mistyped name, or undefined when none is near: at most two slips, more in
 * names of twelve letters and on.
 *
 * @example
 * suggest('gpt-40', ['gpt-4o', 'gpt-4']) // 'gpt-4o'
 */
export function suggest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > longest) return undefined
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bestScore = Math.min(4, Math.max(2, Math.floor(wanted.length / 4))) + 1
  for (const candidate of candidates) {
    const score = distance(wanted, candidate.toLowerCase(), bestScore)
    // Of two candidates as near, the one of the same length: a slip is likelier than a missing letter.
    const tie = Math.abs(candidate.length - wanted.length) / (longest * 4)
    if (score + tie < bestScore) {
      best = candidate
      bestScore = score + tie
    }
  }
  return best
}

/** Insertions, deletions, substitutions and swaps of neighbours; `limit` when there are that many or more. */
function distance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit
  let before: readonly number[] = []
  let previous: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = nextRow({ left, right, row, previous, before })
    if (Math.min(...current) >= limit) return limit
    before = previous
    previous = current
  }
  return previous[right.length] ?? limit
}

interface Row {
  readonly left: string
  readonly right: string
  readonly row: number
  readonly previous: readonly number[]
  readonly before: readonly number[]
}

function nextRow({ left, right, row, previous, before }: Row): number[] {
  const current = [row]
  for (let column = 1; column <= right.length; column++) {
    const same = left[row - 1] === right[column - 1]
    const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
    current[column] = Math.min(
      (previous[column] ?? 0) + 1,
      (current[column - 1] ?? 0) + 1,
      (previous[column - 1] ?? 0) + (same ? 0 : 1),
      swapped ? (before[column - 2] ?? Infinity) + 1 : Infinity,
    )
  }
  return current
}
