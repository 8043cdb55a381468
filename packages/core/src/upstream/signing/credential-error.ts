/**
 * The credential of a request could not be made. The message is for the operator and holds no secret.
 *
 * @example
 * throw new CredentialError('The token endpoint cannot be reached.', { isTransient: true })
 */
export class CredentialError extends Error {
  /** Nobody has refused anything: it may work at the next try. */
  readonly isTransient: boolean

  constructor(message: string, { isTransient = false, ...options }: CredentialErrorOptions = {}) {
    super(message, options)
    this.name = 'CredentialError'
    this.isTransient = isTransient
  }
}

export interface CredentialErrorOptions extends ErrorOptions {
  /** @default false */
  readonly isTransient?: boolean
}
