import { createRequire } from 'node:module'
import type { SignatureV4 } from '@smithy/signature-v4'

/**
 * AWS's own signing, which only those install who need it. Loaded at once, so that a provider without it is refused
 * when the gateway starts.
 *
 * @param from The file that asks; its folder and those above it are searched.
 * @throws Error that says what to install.
 */
export function loadSignatureV4(from: string = import.meta.url): typeof SignatureV4 {
  try {
    return createRequire(from)('@smithy/signature-v4').SignatureV4
  } catch (cause) {
    const message =
      'Requests to Amazon Bedrock are signed with AWS keys, which needs the package @smithy/signature-v4: ' +
      'npm install @smithy/signature-v4'
    throw new Error(message, { cause })
  }
}
