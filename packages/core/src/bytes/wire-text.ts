declare const wire: unique symbol

/**
 * Bytes as Latin-1 text: one character a byte. Answers pass through as such, because text is cheaper to make, to
 * look at and to hand on than buffers are, and nobody can change it. What it says is read with `fromWire`.
 */
export type WireText = string & { readonly [wire]: true }

const beyondAscii = /[^\0-\x7f]/

/** Text as its UTF-8 bytes. */
export function toWire(text: string): WireText {
  return (beyondAscii.test(text) ? Buffer.from(text).toString('latin1') : text) as WireText
}

/** What UTF-8 bytes say. */
export function fromWire(bytes: string): string {
  return beyondAscii.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes
}
