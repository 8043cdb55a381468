import { createCipheriv, createDecipheriv, createHmac, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'

/** A secret at rest. */
export interface SealedSecret {
  /** Names the key that sealed it: derived from the operator's secret, and reveals nothing of it. */
  readonly keyId: string
  /** 12 bytes of nonce, the ciphertext, 16 bytes of tag; base64. */
  readonly data: string
}

/** AES-256-GCM under a key derived from the operator's secret. */
export interface SecretBox {
  /** What is sealed for one `context` opens in that context alone. */
  seal(secret: string, context: readonly string[]): Promise<SealedSecret>
  /** @throws Error when it was sealed under another secret or for another context, or was altered. */
  open(sealed: SealedSecret, context: readonly string[]): Promise<string>
  /** Names the key; see `SealedSecret`. */
  keyId(): Promise<string>
}

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/**
 * scrypt with N = 2^15, r = 8, p = 1, about 0.1 s and 32 MiB, once: the secret may be a passphrase. The salt
 * is a constant, so that every process derives the same key from the secret alone.
 */
const derivation = {
  salt: 'tollgate/provider-keys/v1',
  cost: { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 2 ** 20 },
}

const deriveKey = promisify<string, string, number, object, Buffer>(scrypt)

/** @throws Error when the secret is too short to protect anything. */
export function createSecretBox(secret: string): SecretBox {
  if (secret.length < 16)
    throw new Error('The option secret (TOLLGATE_SECRET) must have at least 16 characters.')
  let derived: Promise<{ key: Buffer; keyId: string }> | undefined
  const derive = async () => {
    const key = await deriveKey(secret, derivation.salt, 32, derivation.cost)
    return { key, keyId: createHmac('sha256', key).update('key id').digest('hex').slice(0, 16) }
  }
  const ready = () => {
    derived ??= derive()
    return derived
  }
  return {
    keyId: async () => (await ready()).keyId,
    seal: async (plain, context) => {
      const { key, keyId } = await ready()
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(bind(context))
      const data = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return { keyId, data: data.toString('base64') }
    },
    open: async (sealed, context) => {
      const { key, keyId } = await ready()
      if (sealed.keyId !== keyId) throw new Error('It was encrypted under another secret.')
      const data = Buffer.from(sealed.data, 'base64')
      const decipher = createDecipheriv(algorithm, key, data.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      })
      decipher.setAAD(bind(context)).setAuthTag(data.subarray(-tagBytes))
      return decipher.update(data.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
    },
  }
}

/** Unambiguous, unlike the texts joined. */
function bind(context: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(context))
}
