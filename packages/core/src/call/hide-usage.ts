import type { WireText } from '../bytes/wire-text.ts'

/** A usage chunk: an event whose choices are empty and whose usage is an object. */
const usageOnly = /"choices"\s*:\s*\[\s*\]/
const usageObject = /"usage"\s*:\s*\{/
const usageNull = /,\s*"usage"\s*:\s*null/g

/**
 * Takes out of whole Chat Completions frames what only came because the gateway asked for usage on its own
 * account: the last chunk with its empty choices, and `"usage":null` on all others. Quotes inside strings
 * are escaped, so text that looks alike is left alone. Usage on an ordinary chunk stays: the provider puts
 * it there for everybody.
 */
export function hideUsage(frames: WireText): WireText {
  if (!frames.includes('"usage"')) return frames
  const shown = frames.replace(usageNull, '').replace(/[\s\S]+?(?:\r?\n\r?\n|$)/g, withoutUsageChunk)
  return shown as WireText
}

function withoutUsageChunk(frame: string): string {
  return usageObject.test(frame) && usageOnly.test(frame) ? '' : frame
}
