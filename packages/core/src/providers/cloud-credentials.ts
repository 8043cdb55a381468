/** Keys of AWS, in the members that the AWS SDK gives them. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** The members of a service account's JSON file that matter here; it has others too. */
export interface GoogleServiceAccount {
  readonly client_email: string
  /** PEM. */
  readonly private_key: string
  readonly private_key_id?: string
  readonly project_id?: string
  /** @default 'https://oauth2.googleapis.com/token' */
  readonly token_uri?: string
}

/** An OAuth access token and how long it is good. */
export interface GoogleAccessToken {
  readonly token: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}
