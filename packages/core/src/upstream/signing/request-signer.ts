import type { UpstreamRequest } from '../transport.ts'

/** Makes the credential of each request, where it is none that could be written down. */
export interface RequestSigner {
  /**
   * At once, where all that it takes is there.
   *
   * @throws CredentialError, or rejects with it.
   */
  sign(request: UpstreamRequest): UpstreamRequest | Promise<UpstreamRequest>
  /** What no answer may repeat to a client. */
  secrets(): readonly string[]
}
