import type { CallResult } from './connection.ts'

/** How every call of a workload must end to count as served. */
export interface Expectation {
  readonly end: 'complete' | 'left' | 'cut'
  /** Of a complete answer's body. */
  readonly bodyBytes: number
}

/**
 * What is wrong with an answer; undefined when nothing is. A cut answer must show: as a broken connection or
 * as an error in its last frame. One that ends as if it were whole is a `false end`.
 */
export function judge(result: CallResult, { end, bodyBytes }: Expectation): string | undefined {
  if (result.status !== 200) return `status ${result.status || 'missing'}: ${excerpt(result.lastPiece)}`
  if (end === 'left') return result.end === 'left' ? undefined : `${result.end} before its client left`
  if (end === 'cut') return judgeCut(result)
  if (result.end !== 'complete') return `${result.end} after ${result.bodyBytes} bytes`
  return result.bodyBytes === bodyBytes ? undefined : `${result.bodyBytes} bytes in place of ${bodyBytes}`
}

function judgeCut({ end, bodyBytes, lastPiece }: CallResult): string | undefined {
  if (bodyBytes === 0) return 'nothing came before the cut'
  return end === 'complete' && !lastPiece.includes('"error"') ? 'false end' : undefined
}

function excerpt(text: string): string {
  return text.slice(0, 200).replaceAll(/\s+/g, ' ')
}
