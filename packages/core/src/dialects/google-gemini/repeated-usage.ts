/** Said once in an answer, on whichever event. */
const saidOnce = ['"finishReason"', '"groundingMetadata"']

/**
 * Where in a stream's frames usage has to be read from: every event repeats it, and reading them all costs more than
 * the rest of the stream's way. From 0 on, where an event before the last one says more than that.
 *
 * @example
 * repeatedUsageStart('data: {…1…}\n\ndata: {…2…}\n\n') // where the second line begins
 */
export function repeatedUsageStart(frames: string): number {
  const start = frames.lastIndexOf('\n', frames.lastIndexOf('"promptTokenCount"')) + 1
  const isWhole = frames.includes('"candidates"', start)
  const before = frames.slice(0, start)
  return isWhole && !saidOnce.some((member) => before.includes(member)) ? start : 0
}
