declare const wire: unique symbol

/**
 * Bytes as Latin-1 text: one character a byte. Answers pass through as such, because text is cheaper to make, to
 * look at and to hand on than buffers are, and nobody can change it. What it says is read with `fromWire`.
 */
export type WireText = string & { readonly [wire]: true }

/** True where text and its bytes are the same in every encoding that counts. */
export function isAscii(text: string): boolean {
  // Twice as fast as looking for a character beyond.
  return Buffer.byteLength(text) === text.length
}

/** Text as its UTF-8 bytes. */
export function toWire(text: string): WireText {
  return (isAscii(text) ? text : Buffer.from(text).toString('latin1')) as WireText
}

/** What UTF-8 bytes say. */
export function fromWire(bytes: string): string {
  return isAscii(bytes) ? bytes : wireBytes(bytes).toString('utf8')
}

/** The bytes themselves, for those who need a buffer. */
export function wireBytes(bytes: string): Buffer<ArrayBuffer> {
  return Buffer.from(bytes, 'latin1')
}
