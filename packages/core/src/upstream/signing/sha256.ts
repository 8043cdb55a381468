import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import type { SignatureV4CryptoInit } from '@smithy/signature-v4'
import type { BodyBytes } from '../../bytes/body-bytes.ts'

type Data = string | ArrayBuffer | ArrayBufferView

/** SHA-256 by node, keyed or not, in the shape that AWS's signing takes. */
class Sha256 {
  readonly #hash: Hash | Hmac

  constructor(secret?: Data) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', asHashable(secret))
  }

  update(data: Data): void {
    this.#hash.update(asHashable(data))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    throw new Error('A hash is made once.')
  }
}

export const sha256: SignatureV4CryptoInit['sha256'] = Sha256

function asHashable(data: Data): string | NodeJS.ArrayBufferView {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : (data as string | NodeJS.ArrayBufferView)
}

/** Piece by piece: joining a large body would cost more. */
export function hashBody(body: BodyBytes | undefined): string {
  const hash = createHash('sha256')
  for (const piece of body?.pieces ?? []) hash.update(piece)
  return hash.digest('hex')
}
