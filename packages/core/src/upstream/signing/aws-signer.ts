import type { SignatureV4 } from '@smithy/signature-v4'
import type { AwsCredentials } from '../../providers/cloud-credentials.ts'
import type { UpstreamRequest } from '../transport.ts'
import { CredentialError } from './credential-error.ts'
import { createRefreshed, type Refreshed } from './refreshed.ts'
import type { RequestSigner } from './request-signer.ts'
import { hashBody, sha256 } from './sha256.ts'

export interface AwsSignerOptions {
  readonly SignatureV4: typeof SignatureV4
  readonly region: string
  readonly credentials: AwsCredentials | (() => Promise<AwsCredentials>)
}

/** AWS's name of what is called, in signatures. */
const service = 'bedrock'

/**
 * Signs requests as AWS wants it (SigV4): what is sent, where, when and by whom.
 *
 * @example
 * const signer = createAwsSigner({ SignatureV4: loadSignatureV4(), region: 'eu-central-1', credentials })
 */
export function createAwsSigner({ SignatureV4, region, credentials }: AwsSignerOptions): RequestSigner {
  const keys = keysOf(credentials)
  const signature = new SignatureV4({ service, region, sha256, credentials: async () => keys.current() })
  return {
    async sign(request) {
      const { headers } = await signature.sign(signedPart(request))
      const { host: _, ...added } = headers
      return { ...request, headers: { ...request.headers, ...added } }
    },
    secrets() {
      const { secretAccessKey, sessionToken } = keys.last() ?? {}
      return [secretAccessKey, sessionToken].filter((secret) => secret !== undefined)
    },
  }
}

/** Headers that something on the way may change are left out. */
function signedPart({ method, origin, path, headers, body }: UpstreamRequest) {
  const { protocol, hostname, port, host, pathname, searchParams } = new URL(origin + path)
  return {
    method,
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: {
      host,
      'content-type': headers['content-type'] ?? 'application/json',
      'x-amz-content-sha256': hashBody(body),
    },
  }
}

function keysOf(credentials: AwsSignerOptions['credentials']): Refreshed<AwsCredentials> {
  if (typeof credentials !== 'function') return { current: () => credentials, last: () => credentials }
  return createRefreshed(async () => {
    const value = await ask(credentials)
    return { value, expiresAt: value.expiration?.getTime() }
  })
}

async function ask(credentials: () => Promise<AwsCredentials>): Promise<AwsCredentials> {
  try {
    const keys = await credentials()
    if (typeof keys?.accessKeyId === 'string' && typeof keys.secretAccessKey === 'string') return keys
  } catch (cause) {
    throw new CredentialError(`The function aws.credentials failed: ${(cause as Error)?.message}`, { cause })
  }
  throw new CredentialError('The function aws.credentials gave no AWS credentials.')
}
