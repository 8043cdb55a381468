import { packSeal, type Seal, unpackSeal } from '../seal.ts'

/** The beginning of every packed seal, as base64 writes it. */
const packedHead = Buffer.from('tollgate-').toString('base64')

/** The text of thinking that is hidden, where it has a seal. */
export const hiddenThinking = ' '

/** A seal as `thoughtSignature`, which holds bytes: seals of others are packed and then written as base64. */
export function renderThoughtSignature(seal: Seal): string {
  const text = packSeal(seal, 'google')
  return text === seal.value ? text : Buffer.from(text).toString('base64')
}

/** The seal in a `thoughtSignature`; undefined for an empty one and for what is packed but not by us. */
export function parseThoughtSignature(signature: unknown): Seal | undefined {
  if (typeof signature !== 'string' || signature === '') return undefined
  if (!signature.startsWith(packedHead)) return { origin: 'google', value: signature }
  return unpackSeal(Buffer.from(signature, 'base64').toString(), 'google')
}
