import type { GoogleAccessToken } from '../../providers/cloud-credentials.ts'
import type { UpstreamRequest } from '../transport.ts'
import { CredentialError } from './credential-error.ts'
import { createRefreshed, type Perishable } from './refreshed.ts'
import type { RequestSigner } from './request-signer.ts'

/**
 * Puts a Google access token on each request.
 *
 * @param load Asks for a new one.
 */
export function createGoogleSigner(load: () => Promise<Perishable<string>>): RequestSigner {
  const tokens = createRefreshed(load)
  return {
    sign(request) {
      const token = tokens.current()
      return typeof token === 'string'
        ? withToken(request, token)
        : token.then((fresh) => withToken(request, fresh))
    },
    secrets() {
      const token = tokens.last()
      return token === undefined ? [] : [token]
    },
  }
}

function withToken(request: UpstreamRequest, token: string): UpstreamRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } }
}

/** The tokens of the host's own function; one that does not say how long it is good is asked for each time. */
export function askForToken(
  credentials: () => Promise<string | null | undefined | GoogleAccessToken>,
): () => Promise<Perishable<string>> {
  return async () => {
    const given = await ask(credentials)
    const { token, expiresAt } =
      typeof given === 'object' && given ? given : { token: given, expiresAt: undefined }
    if (typeof token === 'string' && token !== '') return { value: token, expiresAt }
    throw new CredentialError('The function googleCloud.credentials gave no access token.')
  }
}

async function ask<Given>(credentials: () => Promise<Given>): Promise<Given> {
  try {
    return await credentials()
  } catch (cause) {
    const message = `The function googleCloud.credentials failed: ${(cause as Error)?.message}`
    throw new CredentialError(message, { cause })
  }
}
